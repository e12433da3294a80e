"""Tink's AES256-GCM-HKDF streaming: python tink_stream.py encrypt|decrypt <key in hex> <associated data> < in > out.

A raw key, so that the ciphertext begins with its own header.
"""

import io
import sys

import tink
from tink import secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2


def primitive(key):
    streaming_aead.register()
    parameters = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
        ciphertext_segment_size=65536, derived_key_size=32, hkdf_hash_type=common_pb2.HashType.SHA256
    )
    value = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, params=parameters, key_value=key)
    keyset = tink_pb2.Keyset(primary_key_id=1)
    keyset.key.add(
        key_data=tink_pb2.KeyData(
            type_url="type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
            value=value.SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
        status=tink_pb2.KeyStatusType.ENABLED,
        key_id=1,
        output_prefix_type=tink_pb2.OutputPrefixType.RAW,
    )
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


def main(mode, key, associated):
    aead = primitive(bytes.fromhex(key))
    source = io.BytesIO(sys.stdin.buffer.read())
    if mode == "decrypt":
        with aead.new_decrypting_stream(source, associated.encode()) as plain:
            sys.stdout.buffer.write(plain.read())
        return
    target = io.BytesIO()
    target.close = lambda: None
    with aead.new_encrypting_stream(target, associated.encode()) as sealed:
        sealed.write(source.read())
    sys.stdout.buffer.write(target.getvalue())


main(*sys.argv[1:])
