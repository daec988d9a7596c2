/**
 * The published ways to more rights in AWS (E1). The provider's table, not a vendor's: each row says what can be done,
 * who published it, and the actions that it takes; `iam:PassRole to …` asks that a role can be passed to that service.
 */
import { type EscalationPath, type PathRow, pathsOf } from "./path.ts";

const PASS_ROLE = "iam:PassRole";

const RHINO = "Rhino Security Labs, AWS IAM privilege escalation methods";
const PATHFINDING = "pathfinding.cloud";
const BOTH = `${RHINO}; ${PATHFINDING}`;
const REFERENCE = "AWS Service Authorization Reference, permissions management";
const PASSES = "AWS Service Authorization Reference, actions that pass a role";

/** A role can be passed to this service. Where a service has no single name, any will do. */
const pass = (...services: readonly string[]): string =>
  services.length === 0
    ? PASS_ROLE
    : `${PASS_ROLE} to ${services.map((s) => `${s}.amazonaws.com`).join(" ")}`;

const RIGHTS: readonly PathRow[] = [
  ["write a new version of an attached policy", BOTH, "iam:CreatePolicyVersion"],
  ["bring back an older version of a policy", RHINO, "iam:SetDefaultPolicyVersion"],
  ["attach any policy to a user", BOTH, "iam:AttachUserPolicy"],
  ["attach any policy to a group", BOTH, "iam:AttachGroupPolicy"],
  ["attach any policy to a role", BOTH, "iam:AttachRolePolicy"],
  ["write any policy of a user", BOTH, "iam:PutUserPolicy"],
  ["write any policy of a group", BOTH, "iam:PutGroupPolicy"],
  ["write any policy of a role", BOTH, "iam:PutRolePolicy"],
  ["put a user into a group", BOTH, "iam:AddUserToGroup"],
  ["change whom a role trusts", BOTH, "iam:UpdateAssumeRolePolicy"],
  ["take the boundary from a user", REFERENCE, "iam:DeleteUserPermissionsBoundary"],
  ["take the boundary from a role", REFERENCE, "iam:DeleteRolePermissionsBoundary"],
  ["change the boundary of a user", REFERENCE, "iam:PutUserPermissionsBoundary"],
  ["change the boundary of a role", REFERENCE, "iam:PutRolePermissionsBoundary"],
  ["take a policy that may deny from a role", REFERENCE, ["iam:DeleteRolePolicy", "iam:DetachRolePolicy"]],
  ["attach any policy to a permission set", REFERENCE, "sso:AttachManagedPolicyToPermissionSet"],
  ["write any policy of a permission set", REFERENCE, "sso:PutInlinePolicyToPermissionSet"],
  ["give a user or group access to an account", REFERENCE, "sso:CreateAccountAssignment"],
  ["take what cuts an account from it", REFERENCE, "organizations:DetachPolicy"],
  ["write the policy of a key", REFERENCE, "kms:PutKeyPolicy"],
  ["grant the use of a key", REFERENCE, "kms:CreateGrant"],
  [
    "make itself an administrator of a cluster",
    PATHFINDING,
    ["eks:AssociateAccessPolicy", "eks:UpdateAccessEntry"],
  ],
];

const TAKEOVERS: readonly PathRow[] = [
  ["make an access key of another user", BOTH, "iam:CreateAccessKey"],
  ["give another user a password", BOTH, "iam:CreateLoginProfile"],
  ["change another user's password", BOTH, "iam:UpdateLoginProfile"],
  ["make a credential of another user for a service", REFERENCE, "iam:CreateServiceSpecificCredential"],
  ["assume another role", PATHFINDING, "sts:AssumeRole"],
  ["act as the root of a member account", REFERENCE, "sts:AssumeRoot"],
  ["change the code of a function", BOTH, "lambda:UpdateFunctionCode"],
  ["put a layer into a function", RHINO, "lambda:UpdateFunctionConfiguration"],
  ["run commands on an instance", PATHFINDING, "ssm:SendCommand"],
  ["go into an instance by a session", PATHFINDING, "ssm:StartSession"],
  ["go into an instance with a key of its own", PATHFINDING, "ec2-instance-connect:SendSSHPublicKey"],
  [
    "go into an instance by its serial console",
    PATHFINDING,
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
  ],
  ["go into a task", PATHFINDING, "ecs:ExecuteCommand"],
  ["put a key of its own into a development endpoint", BOTH, "glue:UpdateDevEndpoint"],
  ["go into a notebook", BOTH, "sagemaker:CreatePresignedNotebookInstanceUrl"],
  ["go into a studio", PATHFINDING, "sagemaker:CreatePresignedDomainUrl"],
  ["change a stack that has a role", PATHFINDING, "cloudformation:UpdateStack"],
  ["run commands in place of a build", PATHFINDING, ["codebuild:StartBuild", "codebuild:StartBuildBatch"]],
  ["change a service and run it with its role", PATHFINDING, "apprunner:UpdateService"],
  ["run steps on a cluster of instances", PATHFINDING, "elasticmapreduce:AddJobFlowSteps"],
  ["deploy to instances", PATHFINDING, "codedeploy:CreateDeployment"],
  // combinations that pass no role: what runs has one already
  [
    "change a stack by a change set",
    PATHFINDING,
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
  ],
  [
    "change what an instance runs as it starts",
    PATHFINDING,
    "ec2:ModifyInstanceAttribute",
    "ec2:StopInstances",
    "ec2:StartInstances",
  ],
  [
    "change the launch template of instances",
    PATHFINDING,
    "ec2:CreateLaunchTemplateVersion",
    "ec2:ModifyLaunchTemplate",
  ],
  [
    "run commands in a code interpreter",
    PATHFINDING,
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:InvokeCodeInterpreter",
  ],
  [
    "change what a notebook runs as it starts",
    PATHFINDING,
    "sagemaker:CreateNotebookInstanceLifecycleConfig",
    "sagemaker:UpdateNotebookInstance",
    "sagemaker:StopNotebookInstance",
    "sagemaker:StartNotebookInstance",
  ],
  [
    "make a project and give itself its rights",
    RHINO,
    "codestar:CreateProject",
    "codestar:AssociateTeamMember",
  ],
  [
    "change a job and run it",
    PATHFINDING,
    "glue:UpdateJob",
    ["glue:StartJobRun", "glue:CreateTrigger"],
    PASS_ROLE,
  ],
  [
    "trust an outside provider in a role and assume it",
    REFERENCE,
    ["iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider"],
    ["iam:CreateRole", "iam:UpdateAssumeRolePolicy"],
  ],
  // pass a role to a service, and start it
  ["pass a role to a new instance", BOTH, pass("ec2"), "ec2:RunInstances"],
  [
    "pass a role to a running instance",
    PATHFINDING,
    pass("ec2"),
    ["ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"],
  ],
  [
    "pass a role to spot instances",
    PATHFINDING,
    pass("ec2"),
    ["ec2:RequestSpotInstances", "ec2:RequestSpotFleet"],
  ],
  [
    "pass a role to instances that scale",
    PATHFINDING,
    pass("ec2"),
    ["autoscaling:CreateLaunchConfiguration", "ec2:CreateLaunchTemplate"],
    ["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"],
  ],
  [
    "pass a role to a new function and invoke it",
    BOTH,
    pass("lambda"),
    "lambda:CreateFunction",
    ["lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateFunctionUrlConfig"],
  ],
  [
    "pass a role to a new function that a source invokes",
    BOTH,
    pass("lambda"),
    "lambda:CreateFunction",
    "lambda:CreateEventSourceMapping",
  ],
  ["pass a role to a new development endpoint", BOTH, pass("glue"), "glue:CreateDevEndpoint"],
  [
    "pass a role to a new job and run it",
    PATHFINDING,
    pass("glue"),
    "glue:CreateJob",
    ["glue:StartJobRun", "glue:CreateTrigger"],
  ],
  [
    "pass a role to a new session and run statements",
    PATHFINDING,
    pass("glue"),
    "glue:CreateSession",
    "glue:RunStatement",
  ],
  ["pass a role to a new stack", BOTH, pass("cloudformation"), "cloudformation:CreateStack"],
  [
    "pass a role to a new set of stacks",
    PATHFINDING,
    pass("cloudformation"),
    "cloudformation:CreateStackSet",
    "cloudformation:CreateStackInstances",
  ],
  [
    "pass a role to a changed set of stacks",
    PATHFINDING,
    pass("cloudformation"),
    "cloudformation:UpdateStackSet",
  ],
  [
    "pass a role to a new data pipeline",
    BOTH,
    pass(),
    "datapipeline:CreatePipeline",
    "datapipeline:PutPipelineDefinition",
    "datapipeline:ActivatePipeline",
  ],
  [
    "pass a role to a new notebook and go into it",
    BOTH,
    pass("sagemaker"),
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
  ],
  ["pass a role to a training job", BOTH, pass("sagemaker"), "sagemaker:CreateTrainingJob"],
  ["pass a role to a processing job", BOTH, pass("sagemaker"), "sagemaker:CreateProcessingJob"],
  [
    "pass a role to a new task and run it",
    PATHFINDING,
    pass("ecs-tasks"),
    "ecs:RegisterTaskDefinition",
    ["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"],
  ],
  ["pass a role to a task by an override", PATHFINDING, pass("ecs-tasks"), ["ecs:RunTask", "ecs:StartTask"]],
  [
    "pass a role to a new build project and run it",
    PATHFINDING,
    pass("codebuild"),
    ["codebuild:CreateProject", "codebuild:UpdateProject"],
    ["codebuild:StartBuild", "codebuild:StartBuildBatch"],
  ],
  [
    "pass a role to a pipeline of releases",
    PASSES,
    pass("codepipeline"),
    ["codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"],
  ],
  ["pass a role to a new project", RHINO, pass("codestar"), "codestar:CreateProject"],
  [
    "pass a role to a new service that runs its code",
    PATHFINDING,
    pass("tasks.apprunner", "build.apprunner"),
    "apprunner:CreateService",
  ],
  [
    "pass a role to a new code interpreter",
    PATHFINDING,
    pass("bedrock-agentcore"),
    "bedrock-agentcore:CreateCodeInterpreter",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:InvokeCodeInterpreter",
  ],
  [
    "pass a role to a new agent and invoke it",
    PATHFINDING,
    pass("bedrock-agentcore"),
    "bedrock-agentcore:CreateAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntime",
  ],
  [
    "pass a role to a state machine and run it",
    PASSES,
    pass("states"),
    ["states:CreateStateMachine", "states:UpdateStateMachine"],
    ["states:StartExecution", "states:StartSyncExecution"],
  ],
  [
    "pass a role to a schedule",
    PASSES,
    pass("scheduler"),
    ["scheduler:CreateSchedule", "scheduler:UpdateSchedule"],
  ],
  ["pass a role to a runbook", PASSES, pass("ssm"), "ssm:StartAutomationExecution"],
  [
    "pass a role to a batch job",
    PATHFINDING,
    pass("ecs-tasks"),
    "batch:RegisterJobDefinition",
    "batch:SubmitJob",
  ],
  [
    "pass a role to a new cluster of instances",
    PATHFINDING,
    pass("elasticmapreduce", "ec2"),
    "elasticmapreduce:RunJobFlow",
  ],
  [
    "pass a role to a serverless application and run a job",
    PATHFINDING,
    pass("emr-serverless"),
    "emr-serverless:StartJobRun",
  ],
  [
    "pass a role to a fleet of game servers",
    PATHFINDING,
    pass("gamelift"),
    "gamelift:CreateBuild",
    "gamelift:CreateFleet",
  ],
  [
    "pass a role to a streaming application",
    PATHFINDING,
    pass("kinesisanalytics"),
    "kinesisanalytics:CreateApplication",
    "kinesisanalytics:StartApplication",
  ],
  [
    "pass a role to a workflow of genomics",
    PATHFINDING,
    pass("omics"),
    "omics:CreateWorkflow",
    "omics:StartRun",
  ],
  ["pass a role to a quantum job", PATHFINDING, pass("braket"), "braket:CreateJob"],
  [
    "pass a role to an image that is built",
    PATHFINDING,
    pass("ec2"),
    "imagebuilder:CreateInfrastructureConfiguration",
    ["imagebuilder:CreateImage", "imagebuilder:StartImagePipelineExecution"],
  ],
  [
    "pass a role to an environment of workflows",
    PATHFINDING,
    pass(),
    ["airflow:CreateEnvironment", "airflow:UpdateEnvironment"],
  ],
  [
    "pass a role to an identity pool",
    PATHFINDING,
    pass("cognito-identity"),
    ["cognito-identity:SetIdentityPoolRoles", "cognito-identity:CreateIdentityPool"],
  ],
  [
    "pass a role to pods of a cluster",
    PATHFINDING,
    pass("pods.eks"),
    ["eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"],
  ],
];

/** The published ways to more rights in AWS. */
export const AWS_PATHS: readonly EscalationPath[] = [
  ...pathsOf("rights", RIGHTS),
  ...pathsOf("takeover", TAKEOVERS),
];
