"""An XMPP client that is not ours (slixmpp), driven over JSON lines.

In:  {"id": 1, "do": "connect", ...}      one request a line
Out: {"id": 1, "result": ...} or {"id": 1, "error": "..."}, and {"stanza": "<message .../>"} for what arrives.
Ends when its input ends.
"""

import asyncio
import json
import sys

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath
from slixmpp.xmlstream.tostring import tostring

TIMEOUT = 45
client = None


def write(value):
    print(json.dumps(value), flush=True)


def xml(stanza):
    return tostring(stanza.xml, top_level=True)


async def connect(jid, password, port, presence=True, resumable=False):
    global client
    client = ClientXMPP(jid, password, plugin_config={"feature_mechanisms": {"unencrypted_plain": True, "unencrypted_scram": True}})
    for plugin in ("xep_0004", "xep_0030", "xep_0050", "xep_0092", "xep_0199"):
        client.register_plugin(plugin)
    if resumable:
        client.register_plugin("xep_0198")
    started = asyncio.get_running_loop().create_future()
    client.add_event_handler("session_start", lambda _: started.done() or started.set_result(None))
    client.add_event_handler("failed_all_auth", lambda _: started.done() or started.set_exception(Exception("authentication failed")))
    client.register_handler(Callback("collect", MatchXPath("{jabber:client}message"), lambda stanza: write({"stanza": xml(stanza)})))
    client.connect(("127.0.0.1", port), use_ssl=False, force_starttls=False, disable_starttls=True)
    await asyncio.wait_for(started, TIMEOUT)
    if presence:
        client.send_presence()
    return client.boundjid.full


async def disconnect(unavailable=True):
    if unavailable:
        client.send_presence(ptype="unavailable")
    await client.disconnect(wait=2)


async def vanish():
    """As a phone that loses its network: the connection is gone, no stream was closed."""
    client.transport.abort()


async def send(stanza):
    client.send_raw(stanza)


async def iq(to, type, payload):
    """Sends an IQ as it stands (nothing added but its addresses and id) and gives back the whole answer."""
    request = client.make_iq(ito=to, itype=type)
    request.append(ET.fromstring(payload))
    try:
        return xml(await request.send(timeout=TIMEOUT))
    except IqError as error:
        return xml(error.iq)
    except IqTimeout:
        raise Exception("no answer")


async def disco_info(jid, node=None):
    info = (await client["xep_0030"].get_info(jid, node=node, timeout=TIMEOUT))["disco_info"]
    return {"identities": [list(identity[:2]) for identity in info["identities"]], "features": sorted(info["features"])}


async def disco_items(jid, node=None):
    items = (await client["xep_0030"].get_items(jid, node=node, timeout=TIMEOUT))["disco_items"]
    return [{"jid": str(item[0]), "node": item[1], "name": item[2]} for item in items["items"]]


async def adhoc(jid, node, values):
    """Runs a command the long way: asks for the form, fills it, submits it with the session it was given."""
    commands = client["xep_0050"]
    first = await commands.send_command(jid, node, timeout=TIMEOUT)
    session = first["command"]["sessionid"]
    offered = [field["var"] for field in first["command"]["form"].get_fields().values()]
    form = client["xep_0004"].make_form(ftype="submit")
    for var, value in values.items():
        form.add_field(var=var, value=value)
    second = await commands.send_command(jid, node, action="complete", sessionid=session, payload=form, timeout=TIMEOUT)
    return {"status": [first["command"]["status"], second["command"]["status"]], "offered": offered, "answer": xml(second)}


ACTIONS = {action.__name__: action for action in (connect, disconnect, vanish, send, iq, disco_info, disco_items, adhoc)}


async def answer(request):
    number, action = request.pop("id"), request.pop("do")
    try:
        write({"id": number, "result": await ACTIONS[action](**request)})
    except IqError as error:
        write({"id": number, "error": error.condition})
    except Exception as error:  # whatever it is, the test shall see it
        write({"id": number, "error": repr(error)})


async def main():
    loop = asyncio.get_running_loop()
    tasks = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = loop.create_task(answer(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.get_event_loop().run_until_complete(main())
