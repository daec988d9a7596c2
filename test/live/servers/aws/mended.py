"""What moto 5.2.1 leaves out of Kafka, of parameters of a database and of load balancers, put in before it starts; and
what keeps one user from signing in to it and to MiniStack.

Shapes follow the API references of Amazon MSK (v2), Amazon RDS and Elastic Load Balancing. What is mended here is not
moto's own word any more: docs/tested.md says for which rows.
"""

import json
import re
import urllib.parse

import moto.elbv2.models as elbv2
import moto.iam.responses as iam
import moto.kafka.models as kafka
import moto.kafka.responses as kafka_answers
import moto.rds.responses as rds
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult


class NotFound(JsonRESTError):
    code = 404

    def __init__(self):
        super().__init__("NotFoundException", "The requested resource doesn't exist.")


def mend_kafka():
    cluster_type, backend = kafka.FakeKafkaCluster, kafka.KafkaBackend
    made, made_v2, arn = cluster_type.__init__, backend.create_cluster_v2, cluster_type._generate_arn

    def init(self, *args, **named):
        made(self, *args, **named)
        # without a zone AWS's SDK refuses the whole answer
        self.creation_time += "Z"
        self.state, self.scram = "ACTIVE", []

    def create_v2(self, cluster_name, tags, provisioned, serverless):
        answer = made_v2(self, cluster_name, tags, provisioned, serverless)
        cluster, asked = self.clusters[answer[0]], provisioned or {}
        cluster.client_authentication = asked.get("clientAuthentication")
        cluster.encryption_info = asked.get("encryptionInfo")
        return answer

    def arn_of(self):
        return re.sub(r"/([^/]+)$", rf"/{self.cluster_name}/\1-2", arn(self))

    def described(describe):
        def answer(self, cluster_arn):
            if cluster_arn not in self.clusters:
                raise NotFound
            body = describe(self, cluster_arn)
            for part in (body, body.get("provisioned", {})):
                for name in ("activeOperationArn", "stateInfo", "zookeeperConnectString", "zookeeperConnectStringTls"):
                    part.pop(name, None)
                software = part.get("currentBrokerSoftwareInfo", {})
                if software.get("configurationArn") == "string":
                    del software["configurationArn"], software["configurationRevision"]
            return body

        return answer

    def named(self):
        path = urllib.parse.unquote(self.raw_path)
        arn = re.search(r"/v1/clusters/(.+)/scram-secrets", path)[1]
        if arn not in self.kafka_backend.clusters:
            raise NotFound
        return self.kafka_backend.clusters[arn]

    def scram(change):
        def answer(self):
            cluster = named(self)
            cluster.scram = change(cluster.scram, json.loads(self.body)["secretArnList"])
            return json.dumps({"clusterArn": cluster.arn, "unprocessedScramSecrets": []})

        return answer

    cluster_type.__init__, cluster_type._generate_arn = init, arn_of
    backend.create_cluster_v2 = create_v2
    backend.describe_cluster_v2 = described(backend.describe_cluster_v2)
    backend.describe_cluster = described(backend.describe_cluster)
    answers = kafka_answers.KafkaResponse
    answers.batch_associate_scram_secret = scram(lambda have, new: have + [each for each in new if each not in have])
    answers.batch_disassociate_scram_secret = scram(lambda have, gone: [each for each in have if each not in gone])
    answers.list_scram_secrets = lambda self: json.dumps({"secretArnList": named(self).scram})


def parameter(name, value=None, source="engine-default", kind="string", apply="static"):
    body = {"ParameterName": name, "Source": source, "ApplyType": apply, "DataType": kind, "IsModifiable": True}
    return {**body, "ApplyMethod": "pending-reboot", **({} if value is None else {"ParameterValue": value})}


DEFAULTS = [
    parameter("shared_preload_libraries", "pg_stat_statements", "system", "list"),
    parameter("rds.force_ssl", "1", "system", "boolean", "dynamic"),
    parameter("cron.database_name"),
    # so that there is a second page, as of every real engine
    *(parameter(f"setting_{n:03}") for n in range(120)),
]


def mend_rds():
    """A group has its engine's defaults, each with its Source, filtered by it and paged by 100."""

    def describe(self):
        name = self.params.get("DBParameterGroupName")
        try:
            groups = self.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
        except Exception:
            groups = []
        if not groups and not re.fullmatch(r"default\.postgres\d+", name or ""):
            raise rds.DBParameterGroupNotFoundError(name)
        all_of = {each["ParameterName"]: each for each in DEFAULTS}
        for key, own in (groups[0].parameters if groups else {}).items():
            all_of[key] = {**all_of.get(key, parameter(key)), **own, "Source": "user"}
        wanted = self.params.get("Source")
        out = [each for _, each in sorted(all_of.items()) if wanted in (None, each["Source"])]
        size, at = int(self.params.get("MaxRecords") or 100), int(self.params.get("Marker") or 0)
        more = {"Marker": str(at + size)} if at + size < len(out) else {}
        return ActionResult({"Parameters": out[at : at + size], **more})

    rds.RDSResponse.describe_db_parameters = describe


def mend_elbv2():
    """The ARN of a network load balancer says so."""
    make, create = elbv2.make_arn_for_load_balancer, elbv2.ELBv2Backend.create_load_balancer

    def network(*args, **named):
        return make(*args, **named).replace("loadbalancer/app/", "loadbalancer/net/")

    def create_one(self, *args, **named):
        elbv2.make_arn_for_load_balancer = network if named.get("loadbalancer_type") == "network" else make
        try:
            return create(self, *args, **named)
        finally:
            elbv2.make_arn_for_load_balancer = make

    elbv2.ELBv2Backend.create_load_balancer = create_one


def mend_authorization():
    """A path is signed as it was sent; moto looks at one in which what was escaped (an ARN) is so no more."""
    authorize = ActionAuthenticatorMixin._authenticate_and_authorize_normal_action

    def as_sent(self, resource="*"):
        read = self.uri
        self.uri = urllib.parse.urlunparse(urllib.parse.urlparse(read)._replace(path=self.raw_path))
        try:
            authorize(self, resource)
        finally:
            self.uri = read

    ActionAuthenticatorMixin._authenticate_and_authorize_normal_action = as_sent


def mend_access_keys():
    """A user's key may be told: MiniStack makes its own, and one command signs in to both."""
    create = iam.IamResponse.create_access_key

    def told(self):
        answer = create(self)
        for name, attribute in (("AccessKeyId", "access_key_id"), ("SecretAccessKey", "secret_access_key")):
            for value in self.data.get(name, []):
                setattr(answer.result["AccessKey"], attribute, value)
        return answer

    iam.IamResponse.create_access_key = told


def mend():
    mend_authorization()
    mend_access_keys()
    mend_kafka()
    mend_rds()
    mend_elbv2()
