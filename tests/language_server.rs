//! An editor's side of the language server: a client that speaks the protocol with the real program over pipes.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lsp_server::{Notification, Request};
use rackproof::language_server::{Configured, Server, Surroundings};
use rackproof::source::{Files, Loaded};
use serde_json::{Value, json};

struct Client {
    program: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last: i64,
}

impl Client {
    /// A program that has been started and nothing else.
    fn start() -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rackproof"))
            .env("LC_ALL", "C")
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, from) = (program.stdin.take().unwrap(), BufReader::new(program.stdout.take().unwrap()));
        Self { program, to, from, last: 0 }
    }

    /// One that has greeted.
    fn greeted() -> Self {
        let mut client = Self::start();
        let answer = client.ask("initialize", &json!({ "capabilities": {}, "processId": null, "rootUri": null }));
        assert_eq!(answer["serverInfo"]["name"], "rackproof");
        assert_eq!(answer["capabilities"]["hoverProvider"], true);
        client.tell("initialized", &json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server went away");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", digits)) => length = digits.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == self.last {
                return message;
            }
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "toml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    fn change(&mut self, uri: &str, version: i64, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// The next diagnostics of a document.
    fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        loop {
            let message = self.receive();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// Exit code after the messages that take leave.
    fn end(mut self, messages: &[&str]) -> Option<i32> {
        for message in messages {
            if *message == "shutdown" {
                assert_eq!(self.ask("shutdown", &Value::Null), Value::Null);
            } else {
                self.tell(message, &Value::Null);
            }
        }
        drop(self.to);
        self.program.wait().unwrap().code()
    }
}

fn position(line: u64, character: u64) -> Value {
    json!({ "line": line, "character": character })
}

fn at(uri: &str, line: u64, character: u64) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": position(line, character) })
}

fn range(line: u64, from: u64, to: u64) -> Value {
    json!({ "start": position(line, from), "end": position(line, to) })
}

fn with_code<'a>(diagnostics: &'a [Value], code: &str) -> Vec<&'a Value> {
    diagnostics.iter().filter(|diagnostic| diagnostic["code"] == code).collect()
}

fn labels(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn fixture(path: &str) -> (String, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    let text = fs::read_to_string(&path).unwrap();
    (format!("file://{}", path.display()), text)
}

const NEW: &str = "untitled:Untitled-1";

#[test]
fn a_mistake_is_marked_where_it_stands_until_it_is_put_right() {
    let mut client = Client::greeted();
    // `design = { name = "` are 19 characters, 管 is one UTF-16 unit, 𠮷 two, `", ` three: 25.
    client.open(NEW, "design = { name = \"管𠮷\", enviroment = \"lab\" }\n");
    let diagnostics = client.diagnostics(NEW);
    let marked = with_code(&diagnostics, "design/unknown-key");
    assert_eq!(marked.len(), 1);
    assert_eq!(marked[0]["range"], range(0, 25, 35));
    assert_eq!((&marked[0]["severity"], &marked[0]["source"]), (&json!(1), &json!("rackproof")));
    assert!(marked[0]["message"].as_str().unwrap().contains("did you mean `environment`?"));

    client.change(NEW, 2, "design = { name = \"管𠮷\", environment = \"lab\" }\n");
    assert!(with_code(&client.diagnostics(NEW), "design/unknown-key").is_empty());

    client.change(NEW, 3, "design = {\n");
    assert!(!with_code(&client.diagnostics(NEW), "design/syntax").is_empty());

    client.tell("textDocument/didClose", &json!({ "textDocument": { "uri": NEW } }));
    assert!(client.diagnostics(NEW).is_empty(), "a closed document has no diagnostics");
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn a_fix_is_offered_where_its_finding_stands() {
    let mut client = Client::greeted();
    let uri = "file:///nowhere/cluster.toml";
    client.open(uri, "[ceph.pool.管]\nreplicas = 3 # copies\n".replace("管", "\"管\"").as_str());
    assert_eq!(with_code(&client.diagnostics(uri), "design/unknown-key").len(), 1);
    let context = json!({ "diagnostics": [] });
    let params = json!({ "textDocument": { "uri": uri }, "range": range(1, 3, 3), "context": context });
    let actions = client.ask("textDocument/codeAction", &params);
    let fix = actions.as_array().unwrap().iter().find(|action| action["title"] == "Write `size`").unwrap();
    assert_eq!(fix["edit"]["changes"][uri], json!([{ "range": range(1, 0, 8), "newText": "size" }]));
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn a_violated_rule_is_marked_explained_and_can_be_allowed() {
    let mut client = Client::greeted();
    let (uri, text) = fixture("mistakes/latency.toml");
    client.open(&uri, &text);
    let diagnostics = client.diagnostics(&uri);
    let rule = "corosync/latency-not-under-five";
    let marked = with_code(&diagnostics, rule);
    assert_eq!(marked.len(), 1);
    let (line, written) = text.lines().enumerate().find(|(_, line)| line.contains("round_trip = \"5 ms\"")).unwrap();
    let (line, column) = (line as u64, written.find("\"5 ms\"").unwrap() as u64);
    assert_eq!(marked[0]["range"], range(line, column, column + 6));
    assert_eq!(marked[0]["severity"], 1);
    assert!(marked[0]["codeDescription"]["href"].as_str().unwrap().starts_with("https://"));

    let hover = client.ask("textDocument/hover", &at(&uri, line, column + 2));
    let told = hover["contents"]["value"].as_str().unwrap();
    assert!(told.contains(rule) && told.contains("5 ms"), "{told}");

    let context = json!({ "diagnostics": [marked[0]] });
    let params = json!({ "textDocument": { "uri": uri }, "range": range(line, column, column), "context": context });
    let actions = client.ask("textDocument/codeAction", &params);
    let action =
        &actions.as_array().unwrap().iter().find(|action| action["title"] == format!("Allow {rule} with a reason"));
    let edit = &action.unwrap()["edit"]["changes"][&uri][0];
    assert_eq!(edit["range"], range(line, 0, 0), "above the key, which begins on the same line");
    let indent = &written[..written.len() - written.trim_start().len()];
    assert_eq!(edit["newText"], format!("{indent}# rackproof: allow({rule}) until YYYY-MM-DD: REASON\n"));
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn hovering_tells_the_manual_and_the_figures() {
    let mut client = Client::greeted();
    let (uri, text) = fixture("designs/reference.toml");
    client.open(&uri, &text);
    let mut hover = |needle: &str, inside: &str| {
        let (line, written) = text.lines().enumerate().find(|(_, line)| line.starts_with(needle)).unwrap();
        let column = written.find(inside).unwrap() as u64 + 1;
        let hover = client.ask("textDocument/hover", &at(&uri, line as u64, column));
        assert_eq!(hover["range"], range(line as u64, column - 1, column - 1 + inside.len() as u64));
        hover["contents"]["value"].as_str().unwrap().to_owned()
    };
    let key = hover("proxmox_ve", "proxmox_ve");
    assert!(key.contains("Release of Proxmox VE") && key.contains("such as \"9.1\""), "{key}");
    let pool = hover("[ceph.pool.vm]", "vm");
    assert!(pool.contains("of ceph.pool.vm (healthy, "), "{pool}");
    let table = hover("[ceph.pool.vm]", "pool");
    assert!(table.contains("Pools by name."), "{table}");
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn keys_words_names_and_rules_are_completed() {
    let mut client = Client::greeted();
    let design = "[node.\"pve{1..2}\"]\n[switch.core-a]\n[bond.bond0]\nmembers = []\n";
    let mut complete = |written: &str| {
        let text = format!("{design}{written}");
        client.open(NEW, &text);
        let last = written.lines().last().unwrap();
        let line = text.lines().count() as u64 - 1;
        client.ask("textDocument/completion", &at(NEW, line, last.chars().count() as u64))
    };
    let keys = complete("[ceph.pool.vm]\nmin");
    assert!(labels(&keys).contains(&"min_size"), "{keys}");
    let min_size = keys.as_array().unwrap().iter().find(|item| item["label"] == "min_size").unwrap();
    assert_eq!(min_size["textEdit"]["newText"], "min_size = ");
    assert_eq!(min_size["textEdit"]["range"], range(5, 0, 3));
    assert_eq!(min_size["detail"], "a whole number, 1 to 64");

    assert!(labels(&complete("[server_model.hci.disks]\ndata = { count = 2, ")).contains(&"capacity"));
    assert!(labels(&complete("[server_model.hci.di")).contains(&"disks"));
    assert_eq!(labels(&complete("[network.a]\nqos = ")), ["true", "false"]);
    let purposes = complete("[network.a]\npurpose = [\"guest\", \"co");
    assert!(labels(&purposes).contains(&"corosync"));
    // The text before the word: purpose = ["guest", which are 20 characters with its blank.
    assert_eq!(purposes[0]["textEdit"]["range"], range(5, 20, 23));
    assert_eq!(labels(&complete("[ceph]\nmonitors = [")), ["pve{1..2}", "pve1", "pve2"]);
    assert_eq!(labels(&complete("[mlag.core]\npeers = \"")), ["core-a"]);
    assert_eq!(labels(&complete("[network.a]\ninterface = ")), ["bond0"]);
    assert_eq!(labels(&complete("[network.a]\ninterface = { pve1 = ")), ["bond0"]);
    let rule = "corosync/latency-not-under-five";
    assert!(labels(&complete("[[policy]]\nfollow = \"coro")).contains(&rule));
    assert!(labels(&complete("vlan = 1 # rackproof: allow(bond/x, coro")).contains(&rule));
    assert!(labels(&complete("# a remark (coro")).is_empty());
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn what_a_design_includes_is_judged_as_its_part() {
    let mut client = Client::greeted();
    let (uri, text) = fixture("designs/install-battle.toml");
    let (common, _) = fixture("designs/install-battle-common.toml");
    client.open(&uri, &text);
    client.diagnostics(&common);
    client.diagnostics(&uri);
    // What is typed into the part, and not yet saved, counts.
    client.open(&common, "[desgin]\n[design]\nname = 5\ndomain = 5\n");
    let diagnostics = client.diagnostics(&common);
    assert_eq!(with_code(&diagnostics, "design/unknown-key").len(), 1);
    assert_eq!(with_code(&diagnostics, "design/wrong-type")[0]["range"], range(3, 9, 10));
    // The design has a name of its own, so that of the part is not used, whatever it is.
    let twice = with_code(&diagnostics, "design/duplicate-key")[0];
    assert_eq!(twice["range"], range(2, 0, 4));
    assert_eq!(twice["relatedInformation"][0]["location"]["uri"], uri);
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn the_nearest_configuration_holds_and_its_mistakes_are_marked_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}", folder.path().join(name).display());
    let (design, config) = (uri("designs/cluster.toml"), uri("rackproof.toml"));
    fs::create_dir(folder.path().join("designs")).unwrap();
    let rule = "pool/size-below-three";
    let text = "[ceph.pool.vm]\napplication = \"rbd\"\nsize = 2\nmin_size = 2\n";

    let mut client = Client::greeted();
    client.open(&design, text);
    assert_eq!(with_code(&client.diagnostics(&design), rule)[0]["severity"], 1, "an error by the catalogue");

    fs::write(folder.path().join("rackproof.toml"), format!("[rule.\"{rule}\"]\nseverity = \"note\"\n")).unwrap();
    client.change(&design, 2, &format!("{text}\n"));
    assert_eq!(with_code(&client.diagnostics(&design), rule)[0]["severity"], 3, "a note is an information");
    assert!(client.diagnostics(&config).is_empty());

    fs::write(folder.path().join("rackproof.toml"), "selects = [\"all\"]\n").unwrap();
    client.change(&design, 3, text);
    // They are told in the order of their addresses: `designs/` before `rackproof.toml`.
    assert_eq!(with_code(&client.diagnostics(&design), rule)[0]["severity"], 1);
    assert_eq!(with_code(&client.diagnostics(&config), "config/wrong")[0]["range"], range(0, 0, 7));

    let expired =
        text.replace("size = 2\nmin", &format!("size = 2 # rackproof: allow({rule}) until 2020-01-31: lab\nmin"));
    client.change(&design, 4, &expired);
    let past = client.diagnostics(&design);
    assert_eq!(with_code(&past, rule).len(), 1, "what was accepted until a day of the past is marked");
    client.change(&design, 5, &expired.replace(" until 2020-01-31", ""));
    assert!(with_code(&client.diagnostics(&design), rule).is_empty());
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn other_files_are_left_alone() {
    let mut client = Client::greeted();
    client.open("file:///Cargo.toml", "[package]\nname = 5\n[dependencies]\n");
    client.open(NEW, "[design]\nname = 5\n");
    assert_eq!(client.receive()["params"]["uri"], NEW, "the first that is told is about the design");
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));
}

#[test]
fn the_server_ends_as_the_protocol_has_it() {
    assert_eq!(Client::greeted().end(&["shutdown", "exit"]), Some(0));
    assert_eq!(Client::greeted().end(&["exit"]), Some(1));
    assert_eq!(Client::greeted().end(&[]), Some(1));
    assert_eq!(Client::start().end(&[]), Some(1));

    let mut client = Client::greeted();
    assert_eq!(client.request("textDocument/rename", &json!({}))["error"]["code"], -32601);
    assert_eq!(client.request("textDocument/hover", &json!({ "line": 1 }))["error"]["code"], -32602);
    assert_eq!(client.ask("textDocument/hover", &at("file:///never-opened.toml", 9, 9)), Value::Null);
    client.tell("textDocument/didOpen", &json!({ "nothing": true }));
    client.tell("$/unheard-of", &json!([]));
    assert_eq!(client.end(&["shutdown", "exit"]), Some(0));

    let mut client = Client::greeted();
    client.to.write_all(b"Content-Length: 3\r\n\r\n{x}").unwrap();
    assert_eq!(client.end(&[]), Some(1));
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("{path} is not there").into())
    }
}

impl Surroundings for NoFiles {
    fn files(&self, _folder: &str) -> Box<dyn Files> {
        Box::new(NoFiles)
    }

    fn configured(&self, _design: &str) -> Configured {
        Configured::default()
    }
}

/// A design is typed from its first byte to its last; at no moment does anything panic.
#[test]
fn every_beginning_of_a_design_is_answered() {
    let (_, text) = fixture("designs/mesh.toml");
    let mut server = Server::new(Box::new(NoFiles), rackproof::words::Language::English);
    for end in (0..text.len()).step_by(61).filter(|end| text.is_char_boundary(*end)) {
        let document = json!({ "uri": NEW, "languageId": "toml", "version": 1, "text": &text[..end] });
        let params = json!({ "textDocument": document });
        server.notify(Notification { method: "textDocument/didOpen".to_owned(), params });
        server.judge();
        let line = text[..end].matches('\n').count() as u64;
        for method in ["textDocument/hover", "textDocument/completion"] {
            let request = Request { id: 1.into(), method: method.to_owned(), params: at(NEW, line, 1000) };
            assert!(server.answer(request).response_result.is_ok());
        }
    }
}
