// Opens the page from disk in real browsers and holds what it says against what the program says.
//
//     node run.mjs PAGE.html PROGRAM [chromium|firefox] [TRACE ...]
//
// Every trace is judged by both; each report, correction, request and copy has to be the same bytes.

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [page, program, name = "chromium", ...given] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "page-"));
let failures = 0;
let passed = 0;

function check(what, good, detail = "") {
    if (good) {
        passed += 1;
    } else {
        failures += 1;
        console.log(`FAILED ${what} ${detail}`.slice(0, 600));
    }
}

const options = {
    chromium: { browser: "chrome", executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] },
    firefox: { browser: "firefox", executablePath: "/usr/bin/firefox-esr", extraPrefsFirefox: { "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false } },
}[name];
const browser = await puppeteer.launch({ headless: true, userDataDir: join(scratch, "profile"), ...options });
const tab = await browser.newPage();
// Wide enough for the lines of a report that the program writes below.
await tab.setViewport({ width: 1200, height: 900 });
const requests = [];
tab.on("request", (request) => /^(https?|wss?):/.test(request.url()) && requests.push(request.url()));
// Firefox tells of a refused connection as of an error; one is tried on purpose.
const REFUSED = "https://example.test/";
tab.on("pageerror", (error) => String(error).includes(REFUSED) || check("a script of the page", false, String(error)));
await tab.goto(pathToFileURL(resolve(page)).href);

/** Runs `work` in the page with `argument`. */
const inPage = (work, argument) => tab.evaluate(work, argument);

async function dropped(paths) {
    const chooser = await tab.$("#files");
    await chooser.uploadFile(...paths);
    await tab.waitForFunction(() => document.getElementById("working").hidden && (!document.getElementById("result").hidden || !document.getElementById("trouble").hidden), { timeout: 120_000 });
}

const asked = (question) =>
    inPage(async (question) => {
        const { head, output } = await ask(question);
        return { head, output: new TextDecoder().decode(output) };
    }, question);

function run(...args) {
    const env = { PATH: `${dirname(resolve(program))}:${process.env.PATH}`, HOME: scratch, NO_COLOR: "1", COLUMNS: "100" };
    const { status, stdout } = spawnSync(resolve(program), args, { cwd: scratch, env, encoding: "utf8", maxBuffer: 1 << 30 });
    return { status, stdout };
}

const traces = given.length ? given : everything(join(root, "samples/recorded")).concat(everything(join(root, "tests/real_texts")).slice(0, 20));
function everything(folder) {
    return readdirSync(folder)
        .map((entry) => join(folder, entry))
        .filter((path) => statSync(path).isFile() && !path.endsWith(".md") && !path.endsWith(".tsv"));
}

for (const trace of traces) {
    // The page knows a file by its name alone, so the program is asked for the same name.
    const local = join(scratch, basename(trace));
    writeFileSync(local, readFileSync(trace));
    const file = basename(trace);
    await dropped([local]);
    for (const format of ["json", "markdown", "sarif", "html"]) {
        const { stdout } = run("check", "--format", format, file);
        const { output } = await asked({ do: "report", format });
        check(`${file} as ${format}`, output === stdout, `${output.length} characters, the program ${stdout.length}`);
    }
    const { stdout: body, status } = run("patch", file);
    const { head, output } = await asked({ do: "patch", call: null, request: null, method: "put", unsafe: false });
    check(`${file}: correction`, output === body && head.status === status, `${head.status} ${output.length}, the program ${status} ${body.length}`);
    for (const request of ["curl", "cmd", "powershell", "az", "http"]) {
        const { stdout } = run("patch", "--request", request, file);
        const { output } = await asked({ do: "patch", call: null, request, method: "put", unsafe: false });
        check(`${file}: ${request}`, output === stdout);
    }
    const { stdout: connections } = run("connections", file);
    check(`${file}: connections`, (await asked({ do: "connections" })).output === connections);
}

// A second drop compares.
const recorded = (name) => join(root, "samples/recorded", name);
if (!given.length) {
    await dropped([recorded("chromium-accesstoken-null.har")]);
    await compareNext();
    check("it says what is to be dropped next", (await said("names")).includes("Now drop the trace that was made after the change"), await said("names"));
    await dropped([recorded("chromium-fixed-afterwards.har")]);
    const compared = await said("compare");
    check("before and after", compared.length > 0 && !compared.includes("undefined"), compared);
    check("what came of it is said first", (await said("word")).startsWith("Repaired: ") && (await said("later")).includes("The later trace alone: Nothing is broken"), await said("word"));
    await compareNext();
    await compareNext();
    await dropped([recorded("chromium-accesstoken-null.har")]);
    check("who takes it back compares nothing", (await isHidden("tab-compare")) && (await isHidden("later")));

    // What is no trace says so, and leaves the page usable.
    const odd = join(scratch, "odd.har");
    writeFileSync(odd, Buffer.from([0, 1, 2, 3, 0xff, 0xfe]));
    await dropped([odd]);
    check("a foreign file is told", await inPage(() => document.getElementById("word").textContent !== ""));

    // A panic of the engine is told, and the next drop works.
    await inPage(() => ask({ do: "panic" }).catch((error) => trouble(error)));
    check("a panic is told", await inPage(() => /started anew/.test(document.getElementById("trouble").textContent)));
    await dropped([recorded("chromium-accesstoken-null.har")]);
    check("after a panic it works", await inPage(() => document.getElementById("verdict").className === "fault"));

    await steps();
    await values();
    await hostile();
    await encrypted();
    await large();
    await keyboard();

    // Nothing leaves: fetch is refused by the policy, in the page and in a worker like that of the engine.
    const refused = await inPage((address) => fetch(address).then(() => "sent", () => "refused"), REFUSED);
    check("the page cannot fetch", refused === "refused");
    const within = await inPage((address) => {
        const source = `fetch(${JSON.stringify(address)}).then(() => postMessage("sent"), () => postMessage("refused"))`;
        const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        return new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
    }, REFUSED);
    check("a worker cannot fetch", within === "refused", within);
}
check("no request left", requests.length === 0, requests.join(" "));
await browser.close();
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);

/** Presses the button that compares; the chooser of files that it opens stays empty. */
function compareNext() {
    return inPage(() => {
        document.getElementById("files").click = () => {};
        document.getElementById("before").click();
    });
}

/** What an element of the page says. */
function said(id) {
    return inPage((id) => document.getElementById(id).textContent, id);
}

function isHidden(id) {
    return inPage((id) => document.getElementById(id).hidden, id);
}

/** On a page a step names a button, not a command. */
async function steps() {
    await dropped([recorded("chromium-accesstoken-null.har")]);
    const short = await said("short");
    await tab.click("#next");
    check("the next step is a button beside the verdict", !(await isHidden("view-body")));
    await tab.click("#tab-short");
    check("a step names a button", short.includes("next: \u201cCorrected request\u201d") && !short.includes("mendpoint patch"), short);
}

/** A value that only the reader has is asked for, and put where it belongs. */
async function values() {
    const endpoint = {
        id: "3d0c7f8e-51b2-4a96-8e47-90ac1b2d3e4f", name: "images", type: "dockerregistry", url: "https://index.docker.io/v1/",
        authorization: { scheme: "UsernamePassword", parameters: { username: "robin", password: "", email: "" } },
        data: { registrytype: "DockerHub" }, isReady: true, isShared: false, owner: "library",
        serviceEndpointProjectReferences: [{ name: "images", projectReference: { id: "77aa88bb-99cc-4dde-8eff-001122334455", name: "Shop" } }],
    };
    const url = `https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/${endpoint.id}?api-version=7.1`;
    const message = JSON.stringify({ message: "Odd.", typeKey: "ArgumentException" });
    const entry = {
        request: { method: "PUT", url, headers: [], postData: { mimeType: "application/json", text: JSON.stringify(endpoint) } },
        response: { status: 400, headers: [], content: { mimeType: "application/json", text: message } },
    };
    writeFileSync(join(scratch, "asks.har"), JSON.stringify({ log: { version: "1.2", creator: { name: "t", version: "1" }, entries: [entry] } }));
    await dropped([join(scratch, "asks.har")]);
    await inPage(() => open("body"));
    check("what is missing names a field", !(await said("body-words")).includes("--set") && !(await isHidden("fields")), await said("body-words"));
    const shown = (id) => inPage((id) => document.getElementById(id).checkVisibility(), id);
    check("without a body nothing is offered to be copied", !(await shown("take-body")) && !(await shown("body")));
    check("what asks for it is one button away", (await said("short")).includes("next: \u201cCorrected request\u201d"), await said("short"));
    await tab.type("#fields input", "pass-phrase of robin");
    await tab.waitForFunction(() => !document.getElementById("take-body").hidden, { timeout: 10_000 }).catch(() => null);
    endpoint.authorization.parameters.password = "pass-phrase of robin";
    check("a value goes where it belongs", (await said("body")).trim() === JSON.stringify(endpoint), await said("body"));
    check("whose value it is stands beside it", (await said("fields")).includes("call #1 update images"), await said("fields"));
    check("a verb can be chosen for an update", await shown("verb"));
    endpoint.type = "azurerm";
    endpoint.url = "https://management.chinacloudapi.cn/";
    endpoint.authorization = { scheme: "ServicePrincipal", parameters: { tenantid: endpoint.id, serviceprincipalid: endpoint.id, authenticationType: "spnKey", serviceprincipalkey: "invented-value-for-this-test" } };
    endpoint.data = { subscriptionId: endpoint.id, subscriptionName: "Shop", environment: "AzureCloud", scopeLevel: "Subscription", creationMode: "Manual" };
    entry.request.postData.text = JSON.stringify(endpoint);
    writeFileSync(join(scratch, "agree.har"), JSON.stringify({ log: { version: "1.2", creator: { name: "t", version: "1" }, entries: [entry] } }));
    await dropped([join(scratch, "agree.har")]);
    await inPage(() => open("body"));
    check("what needs a look is one button away", (await shown("agree")) && !(await shown("body")), await said("body-words"));
    await tab.click("#agree");
    await inPage(() => ask({ do: "connections" }));
    check("agreed to, it is shown", (await shown("body")) && !(await shown("agree")), await said("body-words"));
    await tab.select("#form", "curl");
    await inPage(() => ask({ do: "connections" }));
    check("a request that compares nothing says so", (await said("body-words")).includes("nothing to compare with"), await said("body-words"));
    await tab.select("#form", "");
    await inPage(() => open("ticket"));
    const ticket = await said("ticket");
    check("a ticket has facts and a letter", ticket.includes("Organization: contoso") && ticket.includes("We looked at") && !ticket.includes("mendpoint"), ticket);
    endpoint.type = "dockerregistry";
    endpoint.url = "https://index.docker.io/v1/";
    endpoint.authorization = { scheme: "UsernamePassword", parameters: { username: "robin", password: "", email: "" } };
    endpoint.data = { registrytype: "DockerHub" };
    await dropped([recorded("chromium-accesstoken-null.har")]);
    check("a value is gone with its trace", !(await shown("fields")));
    endpoint.authorization.parameters.password = "invented-value-for-this-test";
    entry.request.postData.text = JSON.stringify(endpoint);
    entry.response.status = 403;
    writeFileSync(join(scratch, "refused.har"), JSON.stringify({ log: { version: "1.2", creator: { name: "t", version: "1" }, entries: [entry] } }));
    await dropped([join(scratch, "refused.har")]);
    check("the whole report is one button away", (await said("short")).includes("next: \u201cWhole report\u201d"), await said("short"));
}

/** Text of a trace stays text, in its name and in what it holds. */
async function hostile() {
    const markup = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>';
    const trace = readFileSync(recorded("chromium-accesstoken-null.har"), "utf8").replaceAll("contoso-dev", JSON.stringify(markup).slice(1, -1));
    const path = join(scratch, "<img src=x onerror=1>.har");
    writeFileSync(path, trace);
    const title = await inPage(() => document.title);
    await dropped([path]);
    for (const view of ["report", "body", "calls", "connections", "ticket"]) {
        await inPage((view) => open(view), view);
    }
    check("nothing of a trace is markup", await inPage(() => document.querySelectorAll("img").length === 0));
    check("nothing of a trace runs", (await inPage(() => document.title)) === title);
    for (const [name, bytes] of [["cut.har", trace.slice(0, 3000)], ["deep.har", "[".repeat(300_000)], ["empty.har", ""], ["zip.saz", "PK\u0003\u0004".padEnd(400, "\u00ff")]]) {
        writeFileSync(join(scratch, name), bytes, "latin1");
        await dropped([join(scratch, name)]);
        check(`${name} is told`, (await said("word")) !== "" && (await isHidden("trouble")), await said("trouble"));
    }
}

/** The password is asked for, asked for again when it is wrong, and nothing runs on beside the question. */
async function encrypted() {
    const path = join(scratch, "locked.zip");
    const made = spawnSync("zip", ["-q", "-j", "-P", "open sesame", path, recorded("chromium-accesstoken-null.har")]);
    if (made.error) return;
    await (await tab.$("#files")).uploadFile(path);
    for (const word of ["wrong", "open sesame"]) {
        await tab.waitForFunction(() => document.getElementById("ask").open, { timeout: 30_000 });
        check("no progress beside the question", await isHidden("working"));
        await tab.type("#password", word);
        await tab.keyboard.press("Enter");
        if (word !== "wrong") break;
        const told = () => document.getElementById("ask").open && document.getElementById("why").textContent.includes("does not open");
        const again = await tab.waitForFunction(told, { timeout: 30_000 }).catch(() => null);
        check("a wrong password is told, and asked for again", again !== null, await said("why"));
    }
    await tab.waitForFunction(() => !document.getElementById("result").hidden, { timeout: 30_000 });
    check("the right password opens it", await inPage(() => document.getElementById("verdict").className === "fault"));
}

/** A large recording passes through little memory, and its reading can be cancelled. */
async function large() {
    const path = join(scratch, "large.har");
    const [head, tail] = readFileSync(recorded("chromium-accesstoken-null.har"), "utf8").split(/(?<="entries"\s*:\s*\[)/);
    const script = JSON.stringify("var a = \"x\";\n".repeat(20_000));
    const other = `{"startedDateTime":"2026-11-21T07:00:00Z","request":{"method":"GET","url":"https://cdn.example.test/a.js","headers":[]},"response":{"status":200,"headers":[],"content":{"text":${script}}}},`;
    writeFileSync(path, head);
    const piece = other.repeat(60);
    for (let size = 0; size < 300e6; size += piece.length) appendFileSync(path, piece);
    appendFileSync(path, tail);
    await dropped([path]);
    const { output } = await asked({ do: "report", format: "json" });
    check("a large recording", output === run("check", "--format", "json", "large.har").stdout);
    const memory = await inPage(() => memoryOfEngine);
    check("the engine's memory", memory < 64 * 1024 * 1024, `${memory} bytes`);
    await (await tab.$("#files")).uploadFile(...Array(8).fill(path));
    await tab.waitForFunction(() => !document.getElementById("working").hidden, { timeout: 30_000 });
    await tab.click("#cancel");
    await tab.waitForFunction(() => document.getElementById("working").hidden, { timeout: 30_000 });
    check("Cancel ends it without a word", (await isHidden("trouble")) && (await isHidden("result")));
    await dropped([recorded("chromium-accesstoken-null.har")]);
    check("after Cancel it works", await inPage(() => document.getElementById("verdict").className === "fault"));
}

/** Everything can be reached and used without a mouse. */
async function keyboard() {
    await dropped([recorded("chromium-accesstoken-null.har")]);
    await inPage(() => document.activeElement.blur());
    const reached = new Set();
    for (let press = 0; press < 40; press += 1) {
        await tab.keyboard.press("Tab");
        reached.add(await inPage(() => document.activeElement.id));
    }
    for (const id of ["choose", "paste", "safe", "before", "tab-short", "short"]) check(`Tab reaches ${id}`, reached.has(id));
    await tab.focus("#tab-short");
    for (const id of ["tab-report", "tab-body", "tab-calls"]) {
        await tab.keyboard.press("ArrowRight");
        check(`the arrow reaches ${id}`, await inPage((id) => document.activeElement.id === id && document.getElementById(id).getAttribute("aria-selected") === "true", id));
    }
    // The list may still be on its way from the trace before this one; questions are answered in order.
    await inPage(async () => {
        await fillCalls();
        document.querySelector("#calls tbody tr").focus();
    });
    await tab.keyboard.press("Enter");
    await tab.waitForFunction(() => !document.getElementById("one").hidden, { timeout: 10_000 });
    check("Enter shows a call", (await said("one")).includes("HTTP/1.1"));
}
