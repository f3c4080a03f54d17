#!/usr/bin/env python3
"""Opens reports in a headless Chromium and looks at them as a reader would.

    tests/browser.py BINARY     BINARY is rackproof; without Chromium it says that it is skipped

Talks the DevTools protocol over a pipe, so it needs nothing but Python. For each design: no error on the console, no
request but the page itself, names in the accessibility tree, a click on a finding lights up what it is about, nothing
wider than a telephone, readable without JavaScript, and a PDF by printing. One of them in Japanese as well.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
DESIGNS = ["designs/install-battle", "designs/two-racks", "designs/three-sites", "mistakes/raid", "mistakes/swapped-nic"]

HEADINGS = {"en": ["made from", "What it survives"], "ja": ["作成元", "障害への耐性"]}


class Browser:
    def __init__(self, program, profile):
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()

        # Chromium reads from descriptor 3 and writes to 4; inside the child both pipes are put there.
        def descriptors():
            read, write = os.dup(to_read), os.dup(to_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        arguments = [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(arguments, preexec_fn=descriptors, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.number, self.buffer, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"]:
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.buffer:
            part = os.read(self.read_end, 1 << 20)
            if not part:
                sys.exit("the browser has gone away")
            self.buffer += part
        one, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.write_end, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, url):
        self.events = []
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")


def holds(condition, what):
    if not condition:
        sys.exit(f"does not hold: {what}")


def look(browser, design, url, language="en"):
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    browser.open(url)
    requests = [event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"]
    holds(requests == [url], f"{design}: the page asks for nothing else, but {requests}")
    errors = [event for event in browser.events if event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")]
    holds(not errors, f"{design}: nothing on the console, but {errors}")

    holds(browser.value("document.documentElement.lang") == language, f"{design}: the page says that it is in {language}")
    tree = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
    role = lambda node: node.get("role", {}).get("value")
    name = lambda node: node.get("name", {}).get("value", "")
    of = lambda wanted: [node for node in tree if role(node) == wanted]
    for wanted in ["main", "navigation", "banner", "heading", "link", "table"]:
        holds(of(wanted), f"{design}: there is a {wanted}")
    for wanted in ["heading", "link", "image", "img", "region", "navigation", "graphics-document"]:
        nameless = [node for node in of(wanted) if not name(node).strip()]
        holds(not nameless, f"{design}: every {wanted} has a name, but {nameless[:2]}")
    levels = [prop["value"]["value"] for node in of("heading") for prop in node.get("properties", []) if prop["name"] == "level"]
    holds(levels[0] == 1 and levels.count(1) == 1, f"{design}: one heading of the first level, and it comes first")
    holds(all(after - before <= 1 for before, after in zip(levels, levels[1:])), f"{design}: no level of headings is left out")

    clicked = browser.value("""(() => {
        const finding = document.querySelector(".finding[data-lights]");
        if (!finding) return null;
        finding.querySelector("h3").click();
        const lit = document.querySelectorAll(".picture .lit").length;
        const told = document.getElementById("lit").textContent;
        document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
        return { lit, told, after: document.querySelectorAll(".picture .lit").length };
    })()""")
    if clicked is not None:
        holds(clicked["lit"] > 0 and str(clicked["lit"]) in clicked["told"] and "{" not in clicked["told"], f"{design}: a click lights something: {clicked}")
        holds(clicked["after"] == 0, f"{design}: Escape puts the lights out")
    holds(browser.value("document.querySelectorAll('.finding').length === 0") or clicked is not None, f"{design}: findings light something")

    browser.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True)
    width = browser.value("document.documentElement.scrollWidth")
    holds(width <= 400, f"{design}: on a telephone the page is {width} pixels wide")

    browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    holds(pdf.startswith(b"%PDF-") and pdf.count(b"/Type /Page") > 2, f"{design}: it prints to PDF")

    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(url)
    document = browser.call("DOM.getDocument", depth=0)["root"]["nodeId"]
    html = browser.call("DOM.getOuterHTML", nodeId=document)["outerHTML"]
    holds(all(heading in html for heading in HEADINGS[language]), f"{design}: it can be read without JavaScript")
    print(f"{design}: {len(tree)} things in the accessibility tree, {clicked and clicked['lit']} lit by the first finding, PDF of {len(pdf) // 1024} KiB")


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if program is None:
        print("skipped: Chromium is not installed")
        return
    with tempfile.TemporaryDirectory() as work:
        browser = Browser(program, os.path.join(work, "profile"))
        try:
            for design, language in [(design, "en") for design in DESIGNS] + [(DESIGNS[0], "ja")]:
                page = os.path.join(work, f"{os.path.basename(design)}.{language}.html")
                subprocess.run([binary, "--lang", language, "report", f"fixtures/{design}.toml", "--output", page], cwd=HERE)
                look(browser, design, f"file://{page}", language)
        finally:
            browser.process.kill()
            browser.process.wait()


main()
