#!/usr/bin/env python3
"""Writes envelope, rollout, audience and range vectors from docs/formats.md 2 to 4, with nothing but Python's library.

It shares no code with the implementations that read the vectors. Ed25519 is that of RFC 8032, section 6, so that signatures
which no signer would make can be made here. Run it in its folder; the output does not change unless this file does.
"""

import base64
import hashlib
import json
import operator

# Ed25519 (RFC 8032, section 6), affine and slow.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
IDENTITY = (0, 1)


def add(a, b):
    k = D * a[0] * b[0] * a[1] * b[1] % P
    return ((a[0] * b[1] + b[0] * a[1]) * pow(1 + k, P - 2, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, P - 2, P) % P)


def mul(scalar, point):
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def recover_x(y):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y), BASE_Y)


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def sha512_int(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class Key:
    def __init__(self, fill):
        h = hashlib.sha512(bytes([fill]) * 32).digest()
        self.a = (int.from_bytes(h[:32], "little") & (1 << 254) - 8) | 1 << 254
        self.prefix = h[32:]
        self.public = encode(mul(self.a, BASE))
        self.id = hashlib.sha256(self.public).hexdigest()[:16]
        self.text = "ed25519:" + base64.b64encode(self.public).decode()

    def sign(self, message):
        r = sha512_int(self.prefix, message) % L
        return self.finish(r, encode(mul(r, BASE)), message)

    def finish(self, r, big_r, message):
        s = (r + sha512_int(big_r, self.public, message) * self.a) % L
        return big_r + s.to_bytes(32, "little")


CHANNEL, INDEX = "application/vnd.aloft.channel+json", "application/vnd.aloft.index+json"
A, B, STRANGER = Key(1), Key(2), Key(3)


def pae(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def std(data):
    return base64.b64encode(data).decode()


def url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signature(key, message):
    return {"keyid": key.id, "sig": std(key.sign(message))}


def sealed(payload, *keys, kind=CHANNEL, signed_kind=None):
    message = pae(signed_kind or kind, payload)
    return {"payloadType": kind, "payload": std(payload), "signatures": [signature(key, message) for key in keys]}


def document(**members):
    entry = {"version": "1.0.0", "created": 1795130000, "root": "11" * 32, "files": 2, "size": 20, "artifacts": []}
    fields = {"schema": 1, "app": "com.example.app", "channel": "production", "trust": 1, "counter": 1795132800,
              "issued": "2026-11-20T10:00:00Z", "expires": None, "releases": [entry], "withdrawn": [], "otherwise": "keep"}
    return json.dumps(fields | members, ensure_ascii=False).encode()


def index(**members):
    fields = {"schema": 1, "app": "com.example.app", "trust": 1, "counter": 5, "issued": "2026-11-20T10:00:00Z",
              "channels": [{"name": "production", "counter": 4, "public": True, "allow_device_to_set": False}]}
    return json.dumps(fields | members).encode()


def envelopes():
    rows, good = [], document()
    message = pae(CHANNEL, good)

    def case(name, envelope, code=None, trusted=(A,), threshold=1, opens="channel"):
        text = envelope if isinstance(envelope, str) else json.dumps(envelope)
        rows.append({"name": name, "opens": opens, "keys": [key.text for key in trusted], "threshold": threshold,
                     "envelope": text, "code": code})

    def with_signature(*sigs):
        return sealed(good) | {"signatures": [{"sig": std(sig)} for sig in sigs]}

    one, both = sealed(good, A), sealed(good, A, B)
    case("one key of one", one)
    case("the second key of two", sealed(good, B), trusted=(A, B))
    case("both keys of two", both, trusted=(A, B), threshold=2)
    case("base64 for URLs, without padding", one | {
        "payload": url(document(app="com.example.app", note="???>>>~~~ÿ")),
        "signatures": [{"sig": url(A.sign(pae(CHANNEL, document(note="???>>>~~~ÿ"))))}]})
    case("a wrong keyid is only a wrong hint", one | {"signatures": [one["signatures"][0] | {"keyid": B.id}]}, trusted=(A, B))
    case("strangers beside a trusted key", sealed(good, STRANGER, B, A))
    case("unknown members are ignored", one | {"more": {"a": [1]}})
    case("not signed", sealed(good), "signature_missing")
    case("signed by a stranger", sealed(good, STRANGER), "signature_invalid")
    case("signed over another payload", sealed(document(counter=9), A) | {"payload": std(good)}, "signature_invalid")
    case("signed as another payload type", sealed(good, A, signed_kind=INDEX), "signature_invalid")
    case("signed without the encoding", with_signature(A.sign(good)), "signature_invalid")
    case("one key where two must", one, "too_few_signatures", (A, B), 2)
    case("one key twice where two must", sealed(good, A, A), "too_few_signatures", (A, B), 2)
    case("a stranger is no second key", sealed(good, A, STRANGER), "too_few_signatures", (A, B), 2)
    sig = A.sign(message)
    high = (int.from_bytes(sig[32:], "little") + L).to_bytes(32, "little")
    case("S + L, the same signature in other bytes", with_signature(sig[:32] + high), "signature_invalid")
    case("R of small order", with_signature(A.finish(0, encode(IDENTITY), message)), "signature_invalid")
    case("cut signature", with_signature(sig[:63]), "signature_invalid")
    case("signature that is not base64", one | {"signatures": [{"sig": "?"}]}, "signature_invalid")
    case("sixteen signatures", with_signature(*[bytes(64)] * 15, sig))
    case("seventeen signatures", with_signature(*[bytes(64)] * 16, sig), "too_large")
    case("payload that is not base64", one | {"payload": "a+_="}, "bad_envelope")
    case("a web page", "<!doctype html><title>Log in</title>", "bad_envelope")
    case("nothing", "", "bad_envelope")
    case("two envelopes", json.dumps(one) * 2, "bad_envelope")
    case("no payload type", {k: v for k, v in one.items() if k != "payloadType"}, "bad_envelope")
    case("a member of the envelope twice", json.dumps(one)[:-1] + ', "payload": ""}', "duplicate_member")
    case("an index where a channel should be", sealed(index(), A, kind=INDEX), "wrong_payload_type")
    twice = good.replace(b'"size": 20', b'"size": 20, "s\\u0069ze": 21')
    case("a member of the payload twice, escaped", sealed(twice, A), "duplicate_member")
    case("not verified: the payload is not read", sealed(twice, STRANGER), "signature_invalid")
    case("payload that is not JSON", sealed(b"hello", A), "bad_document")
    case("nested too deeply", sealed(document(x=json.loads("[" * 40 + "]" * 40)), A), "bad_document")
    case("counter beyond 2^53 - 1", sealed(document(counter=2**53), A), "bad_document")
    case("negative counter", sealed(document(counter=-1), A), "bad_document")
    case("counter with a fraction", sealed(document(counter=1.5), A), "bad_document")
    case("date that does not exist", sealed(document(issued="2026-02-30T00:00:00Z"), A), "bad_document")
    case("schema 0", sealed(document(schema=0), A), "bad_document")
    case("a later schema", sealed(b'{"schema": 2, "all": "different"}', A), "unknown_schema")
    case("another app", sealed(document(app="com.example.other"), A), "wrong_app")
    case("another channel", sealed(document(channel="beta"), A), "wrong_channel")
    case("a later trust version", sealed(document(trust=2), A), "trust_unknown")
    case("trust version 0", sealed(document(trust=0), A), "bad_document")
    case("a list for the envelope", [one["payloadType"], one["payload"], one["signatures"]], "bad_envelope")
    case("a list for a signature", one | {"signatures": [list(one["signatures"][0].values())]}, "bad_envelope")
    case("a list for the document", sealed(json.dumps(list(json.loads(good).values())).encode(), A), "bad_document")
    entry = json.loads(good)["releases"][0]
    case("a list for a release", sealed(document(releases=[list(entry.values())]), A), "bad_document")
    case("an object for a name", sealed(document(otherwise={"keep": None}), A), "bad_document")
    conditions = {"rollout": [10000, "s"], "requires": None, "audience": []}
    case("conditions that are no objects", sealed(document(releases=[entry | conditions]), A))
    case("an index", sealed(index(), A, kind=INDEX), opens="index")
    case("an index of another app", sealed(index(app="com.example.other"), A, kind=INDEX), "wrong_app", opens="index")
    case("an index with a later trust version", sealed(index(trust=2), A, kind=INDEX), "trust_unknown", opens="index")
    case("a channel where the index should be", one, "wrong_payload_type", opens="index")
    entry = {"name": "beta", "counter": 1}
    case("an index that names a channel twice", sealed(index(channels=[entry, entry]), A, kind=INDEX), "bad_document", opens="index")
    case("an index with a list for a channel", sealed(index(channels=[["production", 4, True, False]]), A, kind=INDEX),
         "bad_document", opens="index")
    case("an index that names itself", sealed(index(channels=[{"name": "index", "counter": 1}]), A, kind=INDEX),
         "bad_document", opens="index")
    return rows


def salted(purpose, salt, text):
    return hashlib.sha256(purpose + b"\0" + salt.encode() + b"\0" + text.encode())


def rollouts():
    cases = [("2.4.1", "6f1d9c7e-3c52-4b8e-9a41-0d5c2f7a1b3e"), ("2.4.1", "6F1D9C7E-3C52-4B8E-9A41-0D5C2F7A1B3E"),
             ("2.4.2", "6f1d9c7e-3c52-4b8e-9a41-0d5c2f7a1b3e"), ("s", "a"), ("s", ""),
             ("~" * 64, "00000000-0000-4000-8000-000000000000"), ("a b", "ffffffff-ffff-4fff-bfff-ffffffffffff"),
             ("2026-11 beta", "nonce-0123456789abcdef"), ("r1", "device-1"), ("r1", "device-2"), ("r1", "device-3"),
             ("x", "Ünïcode")]
    for salt, device in cases:
        lower = "".join(c.lower() if c.isascii() else c for c in device)
        first = salted(b"aloft-rollout-v1", salt, lower).digest()[:8]
        yield {"salt": salt, "device_id": device, "bucket": int.from_bytes(first, "big") % 10_000}


def audiences():
    for salt, user in [("s", "ann"), ("s", "Ann"), ("t", "ann"), ("beta-2026", "user@example.com"), ("x" * 64, "日本語"), ("s", "")]:
        yield {"salt": salt, "custom_id": user, "sha256": salted(b"aloft-audience-v1", salt, user).hexdigest()}


def version(text):
    parts = text.split(".")
    if len(parts) > 4 or not all(p and set(p) <= set("0123456789") and int(p) < 2**64 for p in parts):
        return None
    return tuple(map(int, parts)) + (0,) * (4 - len(parts))


def inside(text, candidate):
    """None: not a range."""
    operators = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq, "": operator.eq}
    comparators = []
    for word in text.split():
        sign = next(sign for sign in operators if word.startswith(sign))
        comparators.append((operators[sign], version(word[len(sign):])))
    if not comparators or any(bound is None for _, bound in comparators):
        return None
    found = version(candidate)
    return found is not None and all(compare(found, bound) for compare, bound in comparators)


def ranges():
    versions = ["210", "209.9.9.9", "299", "300", "15.4.0", "15.4.1", "1", "2", "1.2.3.4", "1.2.3.5", "138.0.7204.63", "1.9",
                "1.10", "7", "", "v1", "1.", "1.2.3.4.5", "+1", "18446744073709551616", "1.0-beta"]
    for text in [">=210 <300", "15.4", ">1 <=2", "=1.2.3.4", ">=90", "<1.10", "  >=1   <2 ", ">=007"]:
        yield {"range": text, "inside": [v for v in versions if inside(text, v)], "outside": [v for v in versions if not inside(text, v)]}
    for text in ["", " ", ">=", ">= 1", "~1", "1.2.3.4.5", "v1", "1.", "==1", "1,2", "18446744073709551616"]:
        assert inside(text, "1") is None
        yield {"range": text, "malformed": True}


for name, rows in [("envelope", envelopes()), ("rollout", rollouts()), ("audience", audiences()), ("range", ranges())]:
    with open(f"{name}.json", "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
