# For bench/aws.ts: policy_sentry's expansion of every policy of a folder, in one process. Times in ms of processor time.
import json
import pathlib
import sys
import time

from policy_sentry.analysis.expand import get_expanded_policy

policies = [json.loads(p.read_text()) for p in sorted(pathlib.Path(sys.argv[1]).iterdir())]


def run():
    begun = time.process_time()
    for policy in policies:
        get_expanded_policy(policy)
    return (time.process_time() - begun) * 1000


first = run()
cold = time.process_time() * 1000
print(json.dumps({"cold": cold, "first": first, "warm": min(run(), run(), run())}))
