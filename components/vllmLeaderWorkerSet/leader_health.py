import os
import sys
import urllib.request

port, deadline_seconds = sys.argv[1], float(sys.argv[2])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open("http://%s:%s/health" % (os.environ["LWS_LEADER_ADDRESS"], port), timeout=deadline_seconds).close()
except (OSError, ValueError) as error:
    sys.exit("leader does not serve: %s" % error)
