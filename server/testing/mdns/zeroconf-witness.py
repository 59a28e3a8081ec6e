# What python-zeroconf makes of the network: prints the Looms it resolves as lines of JSON, in the form of instance.ts, and
# announces one itself when the first argument is JSON that describes it. Ends with its input.
import json
import socket
import sys
import time

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

SERVICE = "_loom._tcp.local."


def say(event, data=None):
    print(json.dumps({"event": event, "at": int(time.time() * 1000), "data": data}), flush=True)


class Listener:
    def add_service(self, zeroconf, kind, name):
        info = zeroconf.get_service_info(kind, name)
        if info is None:
            return
        text = {key.decode(): (value or b"").decode() for key, value in info.properties.items()}
        say(
            "resolved",
            {
                "name": name.removesuffix("." + SERVICE),
                "host": info.server,
                "port": info.port,
                "addresses": info.parsed_addresses(),
                "text": text,
            },
        )

    def update_service(self, zeroconf, kind, name):
        pass

    def remove_service(self, zeroconf, kind, name):
        say("removed", name.removesuffix("." + SERVICE))


own = json.loads(sys.argv[1])
zeroconf = Zeroconf(interfaces=[own["address"]], ip_version=IPVersion.V4Only)
browser = ServiceBrowser(zeroconf, SERVICE, Listener())
info = ServiceInfo(
    SERVICE,
    own["name"] + "." + SERVICE,
    addresses=[socket.inet_aton(own["address"])],
    port=own["port"],
    properties=own["text"],
    server=own["name"] + ".local.",
)
zeroconf.register_service(info)
say("ready")
sys.stdin.read()
zeroconf.unregister_service(info)
zeroconf.close()
