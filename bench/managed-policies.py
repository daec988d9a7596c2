"""Writes the documents of AWS's managed policies, as the simulator moto carries them, into a folder: one file each."""
import json
import os
import sys

from moto.iam.aws_managed_policies import aws_managed_policies_data

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
policies = json.loads(aws_managed_policies_data)
for name, policy in policies.items():
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(policy["Document"], file)
print(len(policies))
