"""serve.py moto|ministack: runs that server in this process, and ends when standard input is closed.

So a server never outlives the test that started it, however that ends. The server's own log line names its port.
"""

import os
import sys
import threading


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()

if sys.argv[1] == "moto":
    from mended import mend
    from moto.server import main

    mend()

    main(["-H", "127.0.0.1", "-p", "0"])
else:
    from importlib.metadata import entry_points

    (script,) = entry_points(group="console_scripts", name="ministack")
    sys.argv = ["ministack"]
    sys.exit(script.load()())
