"""The MQTT bridge: one process between a broker and the door; ``gongbi run mqtt``.

It knocks at the door like any sender, with a key of its own that it makes at each start. A message
is acknowledged to the broker only when its rows are safe on disk.
"""

import argparse
import logging
import os
import secrets
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from gongbi.stream.keys import ingest_keys, keep_ingest_key
from gongbi.stream.mqtt_in import Carrier, Inbox
from gongbi.stream.mqtt_out import FactTeller, RowTeller
from gongbi.stream.mqtt_rows import SUBSCRIBED
from gongbi.stream.mqtt_spool import Spool
from gongbi.stream.snapshot import status
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.mqtt")
KEY = "mqtt"
REFUSED = "gongbi/refused"
NEVER_FORGET = 0xFFFFFFFF
TELL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Settings:
    """Where broker and door are, and whose rows are told."""

    data: Path
    broker: str
    door: str
    asked: tuple[str, ...] = ()
    played: bool = False


class Bridge:
    """Both ways between a broker and one data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._spool = Spool(settings.data)
        self._client = _client(settings.broker, self._spool.sender)
        self._client.on_connect = self._connected
        self._client.on_message = self._heard
        self._client.on_disconnect = lambda *_: said.warning("The broker is away.")
        key = {"Authorization": f"Bearer {_fresh_key(settings.data)}"}
        self._door = httpx.Client(base_url=settings.door, headers=key, timeout=60)
        self._carrier = Carrier(
            self._door, self._spool, self._refuse, self._stop, self._now_millis
        )

    def run(self) -> None:
        """Carry until told to stop; broker and door may come and go."""
        self._carrier.resume()
        # After that: what the spool still holds is stored.
        self._inbox = Inbox(self._spool, self._client.ack)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = NEVER_FORGET
        where = urlsplit(self._settings.broker)
        port = where.port or (8883 if where.scheme == "mqtts" else 1883)
        self._client.reconnect_delay_set(1, 30)
        self._client.connect_async(
            where.hostname or "127.0.0.1", port, 30, clean_start=False, properties=properties
        )
        self._client.loop_start()
        teller = threading.Thread(target=self._tell, name="tell", daemon=True)
        teller.start()
        while not self._stop.is_set():
            messages = self._inbox.take(0.2)
            if messages and self._carrier.carry(messages):
                self._inbox.done(messages)
        teller.join(timeout=5)
        self._client.disconnect()
        self._client.loop_stop()

    def stop(self) -> None:
        """End soon; what is not acknowledged comes again."""
        self._stop.set()

    def _connected(self, client: Any, _: Any, flags: Any, reason: Any, __: Any) -> None:
        if reason.is_failure:
            said.error("The broker refuses: %s.", reason)
            return
        said.info("The broker is there.")
        if not flags.session_present:
            self._inbox.session_lost()
        # A kept message is sent again at every subscription, unless one asks for the first only.
        once = SubscribeOptions(qos=1, noLocal=True, retainHandling=1)
        client.subscribe([(topic, once) for topic in SUBSCRIBED])

    def _heard(self, _: Any, __: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "(not UTF-8)"
        self._inbox.put(
            topic, bytes(message.payload), mid=message.mid, qos=message.qos, again=message.dup
        )

    def _now_millis(self) -> int:
        """The city's clock, for messages that say no time."""
        clock = status(self._settings.data).clock if self._settings.played else None
        return round((clock.timestamp() if clock else time.time()) * 1000)

    def _refuse(self, topic: str, line: int, reason: str) -> None:
        """MQTT has no answer for a sender: refusals are told on a topic, and in the log."""
        told = {"topic": topic, "line": line, "reason": reason}
        said.warning("refused: %s", told)
        self._client.publish(REFUSED, orjson.dumps(told), 1)

    def _tell(self) -> None:
        rows = RowTeller(self._settings.data, list(self._settings.asked), f"{KEY}/")
        tellers = (FactTeller(self._settings.data), rows)
        while not self._stop.wait(TELL_SECONDS):
            for teller in tellers:
                try:
                    while self._client.is_connected() and self._tell_some(teller):
                        pass
                except Exception:  # told, and tried again: the way in must not end for it
                    said.exception("Could not tell.")

    def _tell_some(self, teller: FactTeller | RowTeller) -> bool:
        """Publish some and wait until the broker has all of it; whether there was any."""
        sent: list[mqtt.MQTTMessageInfo] = []
        count = teller.tell(
            lambda topic, body, kept: sent.append(self._client.publish(topic, body, 1, kept))
        )
        for info in sent:
            while not info.is_published():
                if self._stop.is_set():
                    return False
                info.wait_for_publish(0.2)
        teller.keep()
        return bool(count)


def _client(broker: str, name: str) -> mqtt.Client:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"gongbi-{name}",
        protocol=mqtt.MQTTv5,
        manual_ack=True,
    )
    client.max_queued_messages_set(0)
    where = urlsplit(broker)
    if where.username:
        password = unquote(where.password) if where.password else None
        client.username_pw_set(unquote(where.username), password)
    if where.scheme == "mqtts":
        client.tls_set()
    return client


def _fresh_key(data: Path) -> str:
    """A key for this run; limits that a keeper gave to the one before stay."""
    fresh = secrets.token_urlsafe(32)
    before = next((one for one in ingest_keys(data) if one.name == KEY), None)
    if before is None:
        keep_ingest_key(data, KEY, fresh)
    else:
        limits = {"rows_per_second": before.rows_per_second, "most_bytes": before.most_bytes}
        keep_ingest_key(data, KEY, fresh, prefix=before.prefix, **limits)
    return fresh


def main() -> None:
    """Bridge until SIGTERM or SIGINT."""
    words = argparse.ArgumentParser(prog="python -m gongbi.stream.mqtt", description=__doc__)
    words.add_argument("--data", default=os.environ.get("GONGBI_DATA", "./var"))
    words.add_argument("--broker", default=os.environ.get("GONGBI_MQTT_URL", ""))
    words.add_argument("--door", default="http://127.0.0.1:8701")
    given = words.parse_args()
    if urlsplit(given.broker).scheme not in ("mqtt", "mqtts"):
        words.error("say where the broker is: GONGBI_MQTT_URL=mqtt://user:password@host:1883")
    tell_in_json()
    asked = [one.strip() for one in os.environ.get("GONGBI_MQTT_TELL", "").split(",")]
    bridge = Bridge(
        Settings(
            data=Path(given.data).resolve(),
            broker=given.broker,
            door=given.door,
            asked=tuple(filter(None, asked)),
            played=os.environ.get("GONGBI_CLOCK") == "played",
        )
    )
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: bridge.stop())
    bridge.run()


if __name__ == "__main__":
    main()
