"""Runs one command and prints the most memory it held and how long it took, as JSON: memory.py COMMAND WORD…

`memory.py --candidates FOLDER ARGUMENTS` is what it runs for SpikeInterface: one search in a fresh process.
"""
import json
import resource
import subprocess
import sys
import time

if sys.argv[1] == "--candidates":
    import spikeinterface.full as si
    from spikeinterface.curation import compute_merge_unit_groups

    analyzer = si.load_sorting_analyzer(sys.argv[2])
    print(len(compute_merge_unit_groups(analyzer, resolve_graph=False, **json.loads(sys.argv[3]))))
else:
    begin = time.perf_counter()
    run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begin
    if run.returncode != 0:
        sys.exit(run.stderr)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    megabytes = most / (2**20 if sys.platform == "darwin" else 2**10)
    print(json.dumps(dict(megabytes=megabytes, seconds=seconds, out=run.stdout)))
