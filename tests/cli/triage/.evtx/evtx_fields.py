# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of event logs share: our records, and what others make of the same ones, as plain
text by path: {"event_id": "7", "event_data/Data/0": "x"}."""

import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

SAMPLES = pathlib.Path(__file__).resolve().parents[5] / "shared/data/triage"
TRIAGE = pathlib.Path(os.environ["BLACKSTART_OUT"]) / "host/bin/triage"

SYSTEM = {("Provider", "Name"): "provider_name", ("Provider", "Guid"): "provider_guid",
          ("Provider", "EventSourceName"): "event_source_name", ("EventID", ""): "event_id",
          ("EventID", "Qualifiers"): "event_id_qualifiers", ("Version", ""): "version",
          ("Level", ""): "level", ("Task", ""): "task", ("Opcode", ""): "opcode",
          ("Keywords", ""): "keywords", ("TimeCreated", "SystemTime"): "time_created",
          ("EventRecordID", ""): "record_number", ("Correlation", "ActivityID"): "activity_id",
          ("Correlation", "RelatedActivityID"): "related_activity_id",
          ("Execution", "ProcessID"): "process_id", ("Execution", "ThreadID"): "thread_id",
          ("Channel", ""): "channel", ("Computer", ""): "computer", ("Security", "UserID"): "user_sid"}
SECTIONS = {"EventData": "event_data", "UserData": "user_data", "RenderingInfo": "rendering_info"}
OWN = ("written_time", "log_record_number", "recovered", "incomplete")
GUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")
TIME = re.compile(r"(\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?Z")


def skip(why):
    print(why)
    sys.exit(77)


def samples():
    found = sorted(SAMPLES.rglob("*.evtx"))
    if not found:
        skip("there are no samples in ../shared/data")
    return found


def plain(value):
    """A value as all write it: GUIDs without braces and in capitals, times to the microsecond
    (evtx_dump cuts there), hexadecimal numbers without leading zeros, line ends as XML has them.
    Nothing but white space is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).replace("\r\n", "\n")
    if not text.strip():
        return ""
    if GUID.fullmatch(text):
        return GUID.fullmatch(text)[1].upper()
    if TIME.fullmatch(text):
        seconds, part = TIME.fullmatch(text).groups()
        return f"{seconds}.{part or '':0<6}"
    if re.fullmatch("0x[0-9A-Fa-f]{1,16}", text):
        return hex(int(text, 16))
    return text


def flat(value, path, found):
    """Leaves by their paths; what is absent and what is empty are the same."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("_attributes"): # beside the element instead of within it
                key = key.removesuffix("_attributes") + "/#attributes"
            flat(inner, path if key == "#text" else f"{path}/{key}", found)
    elif isinstance(value, list):
        for nr, inner in enumerate(value):
            flat(inner, f"{path}/{nr}", found)
    elif plain(value):
        found[path] = plain(value)
    return found


def ours(path, *options):
    done = subprocess.run([TRIAGE, "parse", *options, "evtx", path], capture_output=True, text=True,
                          check=False)
    if done.returncode not in (0, 4):
        sys.exit(f"{path}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def our_fields(record):
    found = {}
    for key, value in record.items():
        if key not in OWN:
            flat(value, key, found)
    return found


def add_system(found, element, attribute, value):
    key = SYSTEM.get((element, attribute))
    if not key:
        key = f"other_system/{element}" + (f"/#attributes/{attribute}" if attribute else "")
    if plain(value):
        found[key] = plain(value)


def dump_fields(event):
    """evtx_dump's JSON of an event; attributes within the element or beside it."""
    found = {}
    for element, value in event["System"].items():
        beside = element.endswith("_attributes")
        element = element.removesuffix("_attributes")
        attributes = value if beside else {}
        if isinstance(value, dict) and not beside:
            attributes = value.get("#attributes", {})
            value = value.get("#text")
        for attribute, inner in (attributes or {}).items():
            add_system(found, element, attribute, inner)
        if not beside and not isinstance(value, dict):
            add_system(found, element, "", value)
    for section, value in event.items():
        if section == "EventData" and value:
            value = dict(value)
            if "Binary" in value:
                flat(value.pop("Binary"), "binary", found)
            data = value.pop("Data", None)
            if isinstance(data, dict) and "#text" in data:
                data = data["#text"]
            if data is not None:
                flat(data if isinstance(data, list) else [data], "event_data/Data", found)
        if section in SECTIONS:
            flat(value, SECTIONS[section], found)
        elif section not in ("System", "#attributes"):
            flat(value, f"other/{section}", found)
    return found


def children(element, path, found):
    seen = {}
    for child in element:
        nr = seen.get(child.tag, 0)
        seen[child.tag] = nr + 1
        element_fields(child, f"{path}/{child.tag}" + (f"_{nr}" if nr else ""), found)


def element_fields(element, path, found):
    for key, value in element.items():
        if plain(value):
            found[f"{path}/#attributes/{key}"] = plain(value)
    text = "".join([element.text or ""] + [child.tail or "" for child in element])
    if text.strip() or not len(element) and plain(text) and "\n  " not in text:
        found[path] = plain(text)
    children(element, path, found)


def xml_fields(text):
    """An event as XML; None if it is none."""
    # No name spaces: they are attributes like others, to us.
    text = re.sub("<[A-Za-z][^>]*>", lambda tag: re.sub(
        r" xmlns(?::([^=]+))?=", lambda m: f' xmlns{"_" if m[1] else ""}{m[1] or ""}_=', tag[0]), text)
    try:
        event = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    found = {}
    for section in event:
        if section.tag == "System":
            for element in section:
                for attribute, value in element.items():
                    add_system(found, element.tag, attribute, value)
                add_system(found, element.tag, "", (element.text or "").strip())
        elif section.tag == "EventData":
            data_fields(section, found)
        else:
            element_fields(section, SECTIONS.get(section.tag, f"other/{section.tag}"), found)
    return found


def data_fields(section, found):
    """EventData: named Data by their names, others in a list, all else by its element."""
    rest, seen, nr = ElementTree.Element("rest"), {}, 0
    for key, value in section.items():
        found[f"event_data/#attributes/{key}"] = plain(value)
    for element in section:
        name = element.attrib.pop("Name", None) if element.tag == "Data" else None
        if name is not None:
            times = seen.get(name, 0)
            seen[name] = times + 1
            element_fields(element, f"event_data/{name}" + (f"_{times}" if times else ""), found)
        elif element.tag == "Data":
            element_fields(element, f"event_data/Data/{nr}", found)
            nr += 1
        elif element.tag == "Binary":
            element_fields(element, "binary", found)
        else:
            rest.append(element)
    children(rest, "event_data", found)


def same_names(fields):
    """Keys of name spaces as xml_fields() has them."""
    return {re.sub(r"/#attributes/xmlns(?::([^/]+))?$",
                   lambda m: f'/#attributes/xmlns{"_" if m[1] else ""}{m[1] or ""}_', path): value
            for path, value in fields.items()}


def differences(a, b):
    return {path: (a.get(path), b.get(path)) for path in sorted(a.keys() | b.keys())
            if a.get(path) != b.get(path)}
