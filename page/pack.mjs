// Puts engine, worker, script and style into one HTML file with a policy that names each by its hash.
//
//     node pack.mjs ENGINE.wasm OUT.html

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { engine } from "./engine.mjs";
import { stripped } from "./strip.mjs";

const [from, to] = process.argv.slice(2);
const web = (name) => readFileSync(new URL(`web/${name}`, import.meta.url), "utf8");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const bytes = stripped(readFileSync(from), ["memory", "room", "ask", "answer_start", "answer_length"]);
const ask = await engine(bytes);
const about = ask({ do: "about" }).head;

// The report is shown in a frame that inherits this page's policy, so its style and script are named too.
const sample = Buffer.from("TF400898: An Internal Error Occurred.");
ask({ do: "judge", before: [], inputs: [{ name: "-", size: sample.length }], good: [], password: null }, [sample]);
const report = ask({ do: "report", format: "html" }).output.toString();
const allowed = (kind) => report.match(new RegExp(`${kind}-src ((?:'sha256-[^']+' ?)+)`))[1].trim();

const style = web("page.css");
const script = web("page.js");
const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} ${allowed("script")} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)} ${allowed("style")}`,
    "worker-src blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
].join("; ");

// Base 85 takes five letters for four bytes, base64 four for three. No letter of it means anything in HTML.
const alphabet = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).filter((letter) => !`!"$&'<>\\\``.includes(letter));
const packed = gzipSync(bytes, { level: 9 });

/** `bytes`, four in five letters. */
function encoded(bytes) {
    const whole = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    const letters = [];
    for (let at = 0; at < whole.length; at += 4) {
        let value = whole.readUInt32BE(at);
        const five = [];
        for (let digit = 0; digit < 5; digit += 1) {
            five.unshift(alphabet[value % 85]);
            value = Math.floor(value / 85);
        }
        letters.push(five.join(""));
    }
    return letters.join("");
}

const filled = {
    POLICY: policy,
    STYLE: style,
    SCRIPT: script,
    WORKER: web("worker.js"),
    ENGINE: encoded(packed),
    ALPHABET: alphabet.join(""),
    PACKED_LENGTH: String(packed.length),
    ENGINE_HASH: createHash("sha256").update(bytes).digest("hex"),
    VERSION: about.version,
};
const page = web("page.html").replace(/\{\{([A-Z_]+)\}\}/g, (_, name) => filled[name]);
writeFileSync(to, page);
console.log(`${to}: ${page.length} bytes, engine ${bytes.length} bytes, sha256 ${filled.ENGINE_HASH}`);
