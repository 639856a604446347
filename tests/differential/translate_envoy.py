#!/usr/bin/env python3
"""What `translate --to envoy` writes, against Envoy's published descriptions of its messages.

The .proto files are those that the npm package @grpc/grpc-js-xds ships (Envoy's API with all extensions, xds,
protoc-gen-validate, googleapis); protoc makes descriptors of them. Each example and each configuration at hand is
translated; every field, enumeration and type must be known there, and the simple rules of protoc-gen-validate hold.
Without npm, protoc or protobuf for Python the test is skipped.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import _corpus

PACKAGE = "@grpc/grpc-js-xds@1"
LEAST = 4  # translations with clusters; the examples alone have more
BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap"
ANY = "google.protobuf.Any"
PROTOS = [
    "envoy/config/bootstrap/v3/bootstrap.proto",
    "envoy/extensions/access_loggers/file/v3/file.proto",
    "envoy/extensions/filters/http/buffer/v3/buffer.proto",
    "envoy/extensions/filters/http/rbac/v3/rbac.proto",
    "envoy/extensions/filters/http/router/v3/router.proto",
    "envoy/extensions/filters/listener/proxy_protocol/v3/proxy_protocol.proto",
    "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.proto",
    "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
    "envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation.proto",
    "envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto",
    "envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config.proto",
    "envoy/extensions/transport_sockets/tls/v3/tls.proto",
    "envoy/extensions/upstreams/http/v3/http_protocol_options.proto",
]

GOOD = """
static_resources:
  clusters:
    - name: a
      type: STATIC
      connect_timeout: 1s
"""
WRONG = {
    "a field": GOOD.replace("connect_timeout", "connect_time"),
    "an enumeration": GOOD.replace("STATIC", "SOMEHOW"),
    "a type": GOOD.replace("1s", "[1]"),
    "a rule": GOOD.replace("name: a", "name: ''"),
    "a message inside": GOOD + """
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: {http_protocols: {}}
""",
}


def python_with_protobuf():
    """The interpreter that has Debian's python3-protobuf and python3-yaml: not always the one that runs the tests."""
    for python in (sys.executable, "/usr/bin/python3"):
        if shutil.which(python) is None:
            continue
        if subprocess.run([python, "-c", "import google.protobuf, yaml"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def fetch(folder):
    for tool in ("npm", "protoc"):
        if shutil.which(tool) is None:
            return f"no {tool}"
    try:
        done = subprocess.run(["npm", "pack", "--silent", "--fetch-retries=1", PACKAGE], cwd=folder, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except subprocess.TimeoutExpired:
        return "the package with the messages cannot be fetched in time"
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or not archives:
        return "the package with the messages cannot be fetched"
    shutil.unpack_archive(archives[0], folder)
    return ""


def well_known(path):
    """google/protobuf/*.proto are in no package here, but Python has what protoc makes of them."""
    from google.protobuf import (any_pb2, descriptor_pb2, duration_pb2, empty_pb2, struct_pb2, timestamp_pb2,
                                 wrappers_pb2)
    out = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, any_pb2, duration_pb2, empty_pb2, struct_pb2, timestamp_pb2, wrappers_pb2):
        module.DESCRIPTOR.CopyToProto(out.file.add())
    path.write_bytes(out.SerializeToString())


def descriptors(folder):
    well_known(folder / "well_known")
    deps = folder / "package/deps"
    # The package's rules are older than its messages, which use this one.
    rules = deps / "protoc-gen-validate/validate/validate.proto"
    text = rules.read_text()
    if "ignore_empty" not in text:
        begin = "message StringRules {\n"
        rules.write_text(text.replace(begin, begin + "  optional bool ignore_empty = 26;\n"))
    includes = [f"-I{deps / name}" for name in ("envoy-api", "xds", "protoc-gen-validate", "googleapis")]
    out = folder / "descriptors"
    subprocess.run(["protoc", *includes, f"--descriptor_set_in={folder / 'well_known'}", "--include_imports", f"--descriptor_set_out={out}",
                    *PROTOS], check=True, timeout=120)
    return out.read_bytes()


class Checker:
    def __init__(self, data):
        from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
        files = descriptor_pb2.FileDescriptorSet.FromString(data)
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.Add(file)
        self.json_format = json_format
        self.factory = message_factory.MessageFactory(self.pool)
        self.rules = self.factory.GetPrototype(self.pool.FindMessageTypeByName("validate.FieldRules"))
        self.options = self.factory.GetPrototype(self.pool.FindMessageTypeByName("google.protobuf.FieldOptions"))
        self.oneof_options = self.factory.GetPrototype(self.pool.FindMessageTypeByName("google.protobuf.OneofOptions"))
        self.known = {}

    def problems(self, text):
        import yaml
        message = self.factory.GetPrototype(self.pool.FindMessageTypeByName(BOOTSTRAP))()
        try:
            self.json_format.ParseDict(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), message,
                                       descriptor_pool=self.pool)
        except (self.json_format.Error, yaml.YAMLError, TypeError, ValueError, AttributeError) as error:
            return [str(error)]
        found = []
        self.walk(message, "", found)
        return found

    # --- the rules of protoc-gen-validate

    def facts(self, descriptor):
        """The fields with their rules, and the choices that must be made."""
        if descriptor.full_name not in self.known:
            by_name = self.pool.FindExtensionByName("validate.rules")
            required = self.pool.FindExtensionByName("validate.required")
            fields = []
            for field in descriptor.fields:
                options = self.options.FromString(field.GetOptions().SerializeToString())
                fields.append((field, options.Extensions[by_name] if options.HasExtension(by_name) else None))
            choices = []
            for oneof in descriptor.oneofs:
                options = self.oneof_options.FromString(oneof.GetOptions().SerializeToString())
                if options.HasExtension(required) and options.Extensions[required]:
                    choices.append(oneof.name)
            self.known[descriptor.full_name] = fields, choices
        return self.known[descriptor.full_name]

    def walk(self, message, path, found):
        if message.DESCRIPTOR.full_name == ANY:
            inner = self.factory.GetPrototype(self.pool.FindMessageTypeByName(message.type_url.rpartition("/")[2]))()
            inner.ParseFromString(message.value)
            return self.walk(inner, path, found)
        fields, choices = self.facts(message.DESCRIPTOR)
        for name in choices:
            if message.WhichOneof(name) is None:
                found.append(f"{path}: nothing of {name}")
        for field, rules in fields:
            here = f"{path}.{field.name}"
            values = self.values_of(message, field)
            # Of a choice only the member that was chosen has to keep its rules.
            if not values and field.containing_oneof is not None:
                continue
            if rules is not None:
                self.check(message, field, rules, values, here, found)
            if field.message_type is not None:
                for index, value in enumerate(values):
                    if hasattr(value, "DESCRIPTOR"):
                        self.walk(value, f"{here}[{index}]", found)

    @staticmethod
    def values_of(message, field):
        value = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return list(value.values())
        if field.label == field.LABEL_REPEATED:
            return list(value)
        if field.message_type is not None:
            return [value] if message.HasField(field.name) else []
        # A member of a oneof counts only where it is chosen.
        return [value] if field.containing_oneof is None or message.HasField(field.name) else []

    @staticmethod
    def check(message, field, rules, values, here, found):
        kind = rules.WhichOneof("type")
        if rules.message.required and not values:
            found.append(f"{here} is missing")
        if kind == "repeated":
            if len(values) < rules.repeated.min_items:
                found.append(f"{here} has fewer than {rules.repeated.min_items} items")
            rules = rules.repeated.items
            kind = rules.WhichOneof("type")
        if kind is None:
            return
        rule = getattr(rules, kind)
        for value in values:
            plain = value.value if hasattr(value, "DESCRIPTOR") and "value" in value.DESCRIPTOR.fields_by_name else value
            if kind == "string" and len(plain) < rule.min_len:
                found.append(f"{here} is too short")
            if kind == "string" and getattr(rule, "in") and plain not in getattr(rule, "in"):
                found.append(f"{here} cannot be {plain}")
            if kind == "enum" and rule.defined_only and plain not in field.enum_type.values_by_number:
                found.append(f"{here} has no value {plain}")
            if kind in ("uint32", "uint64", "int32", "int64", "double", "float"):
                wrong = ((rule.HasField("lt") and not plain < rule.lt) or (rule.HasField("lte") and not plain <= rule.lte)
                         or (rule.HasField("gt") and not plain > rule.gt) or (rule.HasField("gte") and not plain >= rule.gte))
                if wrong:
                    found.append(f"{here} cannot be {plain}")
            if kind == "duration" and rule.HasField("gt"):
                if (value.seconds, value.nanos) <= (rule.gt.seconds, rule.gt.nanos):
                    found.append(f"{here} is too short a time")
        del message


def translated(binary):
    with tempfile.TemporaryDirectory() as name:
        for path in _corpus.configs():
            done = _corpus.translate_whole(binary, "envoy", path, pathlib.Path(name) / "whole.conf")
            if done.returncode not in (0, 1):
                yield path, f"exit: {done.returncode}\n"
            elif done.stdout:
                yield path, done.stdout.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx")
    options = parser.parse_args()
    python = python_with_protobuf()
    if python is None:
        print("skipped: no protobuf or yaml for Python")
        return 77
    if python != sys.executable:
        return subprocess.run([python, "-B", *sys.argv], check=False).returncode
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if missing := fetch(folder):
            print(f"skipped: {missing}")
            return 77
        checker = Checker(descriptors(folder))
        if found := checker.problems(GOOD):
            print("the check refuses what is right:", *found)
            return 1
        for what, text in WRONG.items():
            if not checker.problems(text):
                print(f"the check does not find {what} that there is not")
                return 1
        count = clusters = wrong = 0
        for path, text in translated(os.path.abspath(options.poolproof)):
            found = checker.problems(text)
            count += 1
            clusters += "connect_timeout:" in text
            wrong += bool(found)
            for problem in found[:3]:
                print(f"{path}: {problem}")
    print(f"{count} translations, {clusters} with clusters, {wrong} with problems")
    return 1 if wrong or clusters < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
