// A folder of traces, an official client on it, and the program beside it to compare with.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const REPOSITORY = resolve(import.meta.dirname, "../..");
export const PROGRAM = resolve(process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target"), "debug/mendpoint");
export const SAMPLES = join(REPOSITORY, "samples");

/** The widest answer: its part of a text, and our words around it. */
export const MOST = 42_000;

/** A folder to serve, in another one that must stay out of reach. */
export function folders() {
    const outside = mkdtempSync(join(tmpdir(), "mendpoint-mcp-"));
    const root = join(outside, "root");
    mkdirSync(root);
    return { outside, root };
}

/** A client of a server on `root`, and how to ask and to end it. */
export async function serve(root) {
    // Nothing of this machine's own rules or passwords takes part.
    const env = { PATH: process.env.PATH, MENDPOINT_CONFIG_DIR: join(root, "no-rules") };
    const transport = new StdioClientTransport({ command: PROGRAM, args: ["mcp", "--root", root], env, stderr: "pipe" });
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    const ask = async (name, given) => {
        const result = await client.callTool({ name, arguments: given });
        const text = result.content.map((part) => part.text).join("");
        return { text, failed: result.isError === true, ...fenced(text) };
    };
    return { client, ask, end: () => client.close() };
}

/** What stands before, between and behind the fence of an answer. */
export function fenced(text) {
    const opening = text.match(/^<untrusted-trace-text ([0-9a-f]{32})>\n/m);
    if (!opening) return { words: text, inside: null, behind: "" };
    const start = opening.index + opening[0].length;
    const closing = `\n</untrusted-trace-text ${opening[1]}>\n`;
    const end = text.indexOf(closing, start);
    return { words: text.slice(0, opening.index), inside: text.slice(start, end), behind: text.slice(end + closing.length) };
}

/** All of an answer, however many parts it comes in. */
export async function whole(ask, name, given) {
    let offset = 0;
    let all = "";
    for (let part = 0; part < 500; part += 1) {
        const answer = await ask(name, { ...given, offset });
        all += answer.inside ?? answer.words;
        const next = answer.words.match(/Ask the same with offset (\d+) to go on/);
        if (!next) return all;
        offset = Number(next[1]);
    }
    throw new Error("an answer has no end");
}

/** What the command line says to the same question. */
export function program(root, ...words) {
    // Found on the path, the program names itself by its bare name.
    const env = { PATH: `${dirname(PROGRAM)}:${process.env.PATH}`, COLUMNS: "100", MENDPOINT_CONFIG_DIR: join(root, "no-rules") };
    return spawnSync(PROGRAM, words, { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 });
}

const GUID = (number) => `7c1f0a52-3d84-4e19-9b60-${String(number).padStart(12, "0")}`;

/** The payload of a connection of Azure. */
export const payload = (number, name, more = {}) => ({
    id: GUID(number),
    name,
    type: "azurerm",
    url: "https://management.azure.com/",
    data: { environment: "AzureCloud", scopeLevel: "Subscription", subscriptionId: GUID(1), subscriptionName: "Dev", creationMode: "Manual" },
    authorization: {
        scheme: "ServicePrincipal",
        parameters: { tenantid: GUID(2), serviceprincipalid: GUID(3), authenticationType: "spnKey", serviceprincipalkey: null, accesstoken: null, ...more },
    },
    serviceEndpointProjectReferences: [{ projectReference: { id: GUID(4), name: "Web" }, name }],
});

/** An exchange that saves `body`. */
export const save = (number, body, status, said, more = {}) => ({
    startedDateTime: new Date(Date.UTC(2026, 10, 21, 7, 0, number)).toISOString(),
    time: 20,
    request: {
        method: "PUT",
        url: `https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/${body.id}?api-version=7.1${more.query ?? ""}`,
        httpVersion: "HTTP/1.1",
        headers: [{ name: "Content-Type", value: "application/json" }, ...(more.headers ?? [])],
        queryString: [],
        cookies: [],
        postData: { mimeType: "application/json", text: JSON.stringify(body) },
        headersSize: -1,
        bodySize: -1,
    },
    response: {
        status,
        statusText: "",
        httpVersion: "HTTP/1.1",
        headers: [{ name: "Content-Type", value: "application/json" }, ...(more.answered ?? [])],
        cookies: [],
        content: { size: 1, mimeType: "application/json", text: JSON.stringify(said) },
        redirectURL: "",
        headersSize: -1,
        bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: 20, receive: 0 },
});

/** A recording of `entries` at `path`. */
export function record(path, entries, creator = "WebInspector") {
    const log = { version: "1.2", creator: { name: creator, version: "1" }, entries };
    writeFileSync(path, JSON.stringify({ log }));
}

/** What the service answers to a save that it refuses. */
export const refusal = (message) => ({ $id: "1", innerException: null, message, typeName: "x", typeKey: "ServiceEndpointException", errorCode: 0, eventId: 3000 });
