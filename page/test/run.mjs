// Opens the page from disk in real browsers and holds what it says against what the program says.
//
//     node run.mjs PAGE.html PROGRAM [chromium|firefox] [TRACE ...]
//
// Every trace is judged by both; each report, correction, request and copy has to be the same bytes.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
    await inPage(() => (document.getElementById("before").dataset.armed = "yes"));
    await dropped([recorded("chromium-fixed-afterwards.har")]);
    const compared = await inPage(() => document.getElementById("compare").textContent);
    check("before and after", compared.length > 0 && !compared.includes("undefined"), compared);

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

    // Nothing leaves: fetch from page and worker are refused by the policy.
    const refused = await inPage((address) => fetch(address).then(() => "sent", () => "refused"), REFUSED);
    check("the page cannot fetch", refused === "refused");
}
check("no request left", requests.length === 0, requests.join(" "));
await browser.close();
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
