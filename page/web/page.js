"use strict";

const $ = (id) => document.getElementById(id);
const show = (element, visible) => (element.hidden = !visible);

// ---- the engine -------------------------------------------------------------------------------

let worker = null;
let ready = null;
let waiting = new Map();
let count = 0;
let engineBytes = null;
/** How much the engine had when it gave its last answer, in bytes. */
let memoryOfEngine = 0;

/** The bytes that five letters each stand for in base 85: the first of them `length`. */
function decoded(text, alphabet, length) {
    const digits = new Uint8Array(128);
    [...alphabet].forEach((letter, value) => (digits[letter.charCodeAt(0)] = value));
    const bytes = new DataView(new ArrayBuffer((text.length / 5) * 4));
    for (let at = 0; at < text.length; at += 5) {
        let value = 0;
        for (let next = at; next < at + 5; next += 1) value = value * 85 + digits[text.charCodeAt(next)];
        bytes.setUint32((at / 5) * 4, value);
    }
    return new Uint8Array(bytes.buffer, 0, length);
}

/** The engine as it lies in this page: gzip in base 85. */
async function unpacked() {
    if (engineBytes) return engineBytes;
    const { alphabet, length } = $("engine").dataset;
    const packed = decoded($("engine").textContent, alphabet, Number(length));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    engineBytes = await new Response(stream).arrayBuffer();
    return engineBytes;
}

/** Starts the worker; a dead or cancelled one is replaced by a new one. */
function startWorker() {
    const source = new Blob([$("worker").textContent], { type: "text/javascript" });
    const address = URL.createObjectURL(source);
    worker = new Worker(address);
    URL.revokeObjectURL(address);
    ready = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => {
            if (data.progress !== undefined) {
                $("bar").value = data.progress;
            } else if (data.ready) {
                resolve(data.version);
            } else if (waiting.has(data.id)) {
                const { done, fail } = waiting.get(data.id);
                waiting.delete(data.id);
                memoryOfEngine = data.memory ?? memoryOfEngine;
                if (data.failed) {
                    stopWorker();
                    fail(new Error(`The engine broke off: ${data.failed}. It was started anew; what was dropped has to be dropped again.`));
                } else {
                    done(data);
                }
            } else if (data.failed) {
                reject(new Error(data.failed));
            }
        };
        worker.onerror = (event) => reject(new Error(event.message));
    });
    unpacked().then((bytes) => worker.postMessage({ engine: bytes }));
}

function stopWorker() {
    worker.terminate();
    for (const { fail } of waiting.values()) fail(null);
    waiting.clear();
    startWorker();
}

/** Asks the engine; the answer is {head, output}. A `null` failure means that somebody cancelled. */
async function ask(question, files) {
    await ready;
    const id = ++count;
    return new Promise((done, fail) => {
        waiting.set(id, { done, fail });
        worker.postMessage({ id, question: { columns: columns(), ...question }, files });
    });
}

const words = (output) => new TextDecoder().decode(output);

/** How many letters of a report fit beside each other. */
function columns() {
    const { font, paddingLeft, paddingRight } = getComputedStyle($("short"));
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = font;
    const room = $("drop").offsetWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 2;
    return Math.floor(room / ruler.measureText("0").width);
}

// ---- what was dropped -------------------------------------------------------------------------

let dropped = [];
let earlier = null;
let good = [];
let password = null;

async function take(files) {
    if (files.length === 0) return;
    show($("trouble"), false);
    earlier = isComparing() ? dropped : null;
    compareNext(false);
    $("drop").classList.remove("over");
    show($("pasted"), false);
    dropped = [...files];
    password = null;
    await judge();
}

const COMPARE = "Compare: drop the trace made after the change";
const isComparing = () => $("before").ariaPressed === "true";

/** Whether what is dropped next is held against what was dropped last. */
function compareNext(yes) {
    $("before").ariaPressed = yes;
    $("before").textContent = yes ? "Do not compare" : COMPARE;
    $("names").textContent = yes ? `Before: ${names(dropped)}. Now drop the trace that was made after the change.` : names(dropped);
}

function names(files) {
    return files.map((file) => file.name || "pasted text").join(", ");
}

async function judge() {
    $("names").textContent = earlier ? `${names(earlier)} → ${names(dropped)}` : names(dropped);
    show($("names"), true);
    $("drop").classList.add("taken");
    show($("result"), false);
    show($("working"), true);
    $("doing").textContent = "Reading …";
    $("bar").value = 0;
    try {
        const files = [...(earlier ?? []), ...dropped, ...good];
        const named = (list) => list.map((file) => ({ name: file.name || "-", size: file.size }));
        const question = { do: "judge", before: named(earlier ?? []), inputs: named(dropped), good: named(good), password };
        const { head, output } = await ask(question, files);
        if (head.password) {
            show($("working"), false);
            await askPassword(head.password);
            return;
        }
        await tell(head, words(output));
    } catch (error) {
        trouble(error);
    } finally {
        show($("working"), false);
    }
}

function trouble(error) {
    if (error === null) return;
    $("trouble").textContent = error.message;
    show($("trouble"), true);
}

function askPassword(why) {
    const dialog = $("ask");
    $("why").textContent = why;
    $("password").value = "";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.onclose = async () => {
            if (dialog.returnValue === "give") {
                password = $("password").value;
                await judge();
            } else {
                trouble(new Error("The archive was not opened: it needs its password."));
            }
            resolve();
        };
    });
}

// ---- what is shown ----------------------------------------------------------------------------

const VIEWS = [
    ["short", "Short report"],
    ["report", "Whole report"],
    ["body", "Corrected request"],
    ["calls", "Calls"],
    ["connections", "Connections"],
    ["ticket", "Text for a ticket"],
    ["files", "Files"],
    ["compare", "Before and after"],
    ["record", "How to record"],
];

function makeTabs() {
    for (const [name, title] of VIEWS) {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.role = "tab";
        tab.id = `tab-${name}`;
        tab.textContent = title;
        tab.setAttribute("aria-controls", `view-${name}`);
        $(`view-${name}`).setAttribute("aria-labelledby", tab.id);
        tab.onclick = () => open(name);
        $("tabs").append(tab);
    }
    $("tabs").onkeydown = (event) => {
        const tabs = [...$("tabs").children].filter((tab) => !tab.hidden);
        const at = tabs.indexOf(document.activeElement);
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step && at >= 0) {
            const next = tabs[(at + step + tabs.length) % tabs.length];
            next.focus();
            next.click();
        }
    };
}

let current = "short";
const filled = new Set();

async function open(name) {
    current = name;
    for (const [other] of VIEWS) {
        const chosen = other === name;
        show($(`view-${other}`), chosen);
        $(`tab-${other}`).setAttribute("aria-selected", chosen);
        $(`tab-${other}`).tabIndex = chosen ? 0 : -1;
        if (chosen) $(`tab-${other}`).scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    if (!filled.has(name)) {
        filled.add(name);
        try {
            await FILL[name]?.();
        } catch (error) {
            trouble(error);
        }
    }
}

const rendered = async (format) => words((await ask({ do: "report", format })).output);

const FILL = {
    report: async () => ($("report").srcdoc = await rendered("html")),
    ticket: fillTicket,
    body: fillBody,
    calls: fillCalls,
    connections: async () => ($("connections").textContent = words((await ask({ do: "connections" })).output)),
    record: async () => ($("record").textContent = words((await ask({ do: "recording" })).output)),
    compare: async () => {
        $("compare").textContent = words((await ask({ do: "compare" })).output);
        if (!$("take-compare").hasChildNodes()) $("take-compare").append(copyButton("the comparison", $("compare"), async () => words((await ask({ do: "compare", format: "markdown" })).output)));
    },
};

const SPOKEN = {
    fault: "A fault was found",
    inconclusive: "The recording does not decide",
    clean: "Nothing is broken in this recording",
    "nothing-relevant": "Nothing in it belongs to a service connection",
    unreadable: "This could not be read",
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

async function tell(head, text) {
    filled.clear();
    const { verdict, headline, compared } = head;
    const judged = SPOKEN[verdict] + (headline ? `: ${headline}` : ".");
    $("verdict").className = compared ? (compared.closed ? "clean" : "fault") : verdict;
    $("word").textContent = compared ? `${capital(compared.headline)}.` : judged;
    $("later").textContent = `The later trace alone: ${judged}`;
    show($("later"), Boolean(compared));
    $("short").textContent = text;
    offerNext(text);
    show($("manifest"), false);
    show($("before"), verdict !== "unreadable");
    show($("tab-compare"), earlier !== null);
    show($("safe"), head.relevant);
    for (const view of ["body", "calls", "connections", "ticket"]) show($(`tab-${view}`), head.relevant);
    $("call").replaceChildren();
    $("fields").replaceChildren();
    show($("fields"), false);
    $("unsafe").checked = false;
    show($("result"), true);
    await open(earlier ? "compare" : "short");
    $("verdict").scrollIntoView({ block: "nearest" });
}

/** The view that the report names as the next step is one button away from the verdict. */
function offerNext(text) {
    const title = /^next: (?:call \d+ in )?\u201c([^\u201d]+)\u201d/m.exec(text)?.[1];
    const view = VIEWS.find(([, known]) => known === title);
    show($("next"), view !== undefined);
    if (!view) return;
    $("next").textContent = title;
    $("next").onclick = () => open(view[0]);
}

async function fillBody() {
    const call = $("call").value;
    const question = {
        do: "patch",
        call: call ? Number(call) : null,
        request: $("form").value || null,
        method: $("method").value,
        unsafe: $("unsafe").checked,
        values: Object.fromEntries([...$("fields").querySelectorAll("input")].map((field) => [field.name, field.value])),
    };
    const { head, output } = await ask(question);
    if (askFor(head.fields, head.asked_by) && Object.values(question.values).some(Boolean)) return fillBody();
    if ($("call").options.length === 0) {
        $("call").add(new Option("the one that needs it", ""));
        for (const { number, name } of head.choices) $("call").add(new Option(name, number));
    }
    show($("verb"), head.update);
    show($("agreement"), head.agree || question.unsafe);
    show($("agree"), head.agree && !question.unsafe && output.length === 0);
    $("body-words").replaceChildren(...head.words.map(wordsLine));
    $("body").textContent = words(output);
    $("take-body").firstChild.textContent = "Copy";
    show($("body"), output.length > 0);
    show($("take-body"), output.length > 0);
}

/** A line of what is said of a correction; what stands below another line is indented. */
function wordsLine(text, at) {
    const line = document.createElement("p");
    line.textContent = text.trim();
    if (at === 0) line.className = "lead";
    else if (text.startsWith("warning:")) line.className = "warning";
    else if (text.startsWith(" ")) line.className = "below";
    return line;
}

// A field for each value that only the reader has; what is typed stays in the page.
function askFor(fields, whose) {
    const known = [...$("fields").querySelectorAll("input")].map((field) => field.name);
    if (known.join() === fields.map(({ pointer }) => pointer).join()) return false;
    let typing = null;
    const labels = fields.map(({ pointer, what, secret }) => {
        const field = document.createElement("input");
        Object.assign(field, { name: pointer, type: secret ? "password" : "text", autocomplete: "off", spellcheck: false });
        field.oninput = () => {
            clearTimeout(typing);
            typing = setTimeout(guarded(fillBody), 300);
        };
        const label = document.createElement("label");
        label.append(`${capital(what)}, at ${pointer} `, field);
        return label;
    });
    const legend = document.createElement("legend");
    legend.textContent = `What only you have${whose ? ` for call ${whose}` : ""}; it stays in this page`;
    $("fields").replaceChildren(legend, ...labels);
    show($("fields"), labels.length > 0);
    return true;
}

/** What to hand over of each fault: facts for Microsoft, words for the customer. */
async function fillTicket() {
    const { faults } = (await ask({ do: "ticket" })).head;
    const part = (title, what, text) => {
        const box = document.createElement("div");
        const heading = document.createElement("h4");
        heading.textContent = title;
        const shown = document.createElement("pre");
        shown.textContent = text.trimEnd();
        shown.tabIndex = 0;
        box.append(heading, copyButton(what, shown), shown);
        return box;
    };
    const told = faults.map(({ title, facts, letter }) => {
        const article = document.createElement("article");
        const heading = document.createElement("h3");
        heading.textContent = title;
        const columns = document.createElement("div");
        columns.className = "columns";
        columns.append(part("For Microsoft", "the facts", facts), part("For the customer", "the letter", letter));
        article.append(heading, columns);
        return article;
    });
    $("ticket").replaceChildren(...told);
    show($("no-ticket"), told.length === 0);
}

let calls = [];

async function fillCalls() {
    calls = JSON.parse(words((await ask({ do: "calls" })).output)).calls;
    listCalls();
}

function listCalls() {
    const sought = $("holding").value.toLowerCase();
    const rows = calls
        .filter((call) => $("which").value === "all" || call.outcome === "failed")
        .filter((call) => JSON.stringify(call).toLowerCase().includes(sought))
        .map((call) => {
            const row = document.createElement("tr");
            row.tabIndex = 0;
            const cells = [
                `#${call.number}`,
                call.started ?? "",
                `${call.operation} (${call.method})`,
                call.endpoint_name ?? call.endpoint_id ?? "",
                call.status ?? "",
                call.said?.message ? `${call.outcome}: ${call.said.message}` : call.outcome,
            ];
            for (const text of cells) row.insertCell().textContent = text;
            row.className = call.outcome;
            row.onclick = () => showCall(call.number);
            row.onkeydown = (event) => event.key === "Enter" && showCall(call.number);
            return row;
        });
    $("calls").tBodies[0].replaceChildren(...rows);
    show($("no-call"), rows.length === 0);
}

async function showCall(number) {
    $("one").textContent = words((await ask({ do: "show", call: number })).output);
    show($("one"), true);
    $("one").focus();
}

// ---- what leaves the page: only by the reader's hand ------------------------------------------

function save(name, parts, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const REQUEST_ENDINGS = { "": "json", curl: "sh", az: "sh", cmd: "cmd", powershell: "ps1", http: "http" };
const ENDINGS = { json: "json", html: "html", markdown: "md", sarif: "sarif" };
const stem = (file = dropped[0]) => (file?.name || "pasted").replace(/\.[^.]*$/, "");

/** A button that copies what `shown` shows, which is `what`. */
function copyButton(what, shown, text = () => shown.textContent) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.ariaLabel = `Copy ${what}`;
    button.onclick = async () => {
        try {
            await navigator.clipboard.writeText(await text());
            button.textContent = "Copied";
        } catch {
            getSelection().selectAllChildren(shown);
            button.textContent = "Selected: press Ctrl+C";
        }
        setTimeout(() => (button.textContent = "Copy"), 4000);
    };
    return button;
}

/** A copy of each trace that was dropped, and what was done to it. */
async function saveCopy() {
    const told = [];
    for (const [input, file] of dropped.entries()) {
        const salt = [...crypto.getRandomValues(new Uint8Array(16))];
        const { head, output } = await ask({ do: "redact", input, salt, stem: stem(file) });
        told.push(head.manifest ?? `${file.name || "pasted text"}: ${head.refused}`);
        if (output.length) save(head.name, [output], "application/octet-stream");
    }
    $("manifest").textContent = told.join("\n\n");
    show($("manifest"), true);
}

// ---- the reader's hands -----------------------------------------------------------------------

function guarded(act) {
    return async () => {
        show($("trouble"), false);
        try {
            await act();
        } catch (error) {
            trouble(error);
        }
    };
}

function listen() {
    const drop = $("drop");
    addEventListener("dragover", (event) => {
        event.preventDefault();
        drop.classList.add("over");
    });
    addEventListener("dragleave", () => drop.classList.remove("over"));
    addEventListener("drop", (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        take(event.dataTransfer.files);
    });
    $("choose").onclick = () => $("files").click();
    $("files").onchange = async () => {
        await take($("files").files);
        $("files").value = "";
    };
    $("paste").onclick = () => {
        show($("pasted"), $("pasted").hidden);
        $("text").focus();
    };
    $("pasted").onsubmit = (event) => {
        event.preventDefault();
        take([new File([$("text").value], "")]);
    };
    $("cancel").onclick = () => stopWorker();
    $("safe").onclick = guarded(saveCopy);
    $("before").onclick = () => {
        compareNext(!isComparing());
        $("drop").classList.toggle("over", isComparing());
        $("drop").scrollIntoView({ block: "nearest" });
    };
    $("agree").onclick = guarded(async () => {
        $("unsafe").checked = true;
        await fillBody();
    });
    for (const id of ["form", "method", "unsafe"]) $(id).onchange = guarded(fillBody);
    // What was typed belongs to the call that stood there before.
    $("call").onchange = guarded(() => {
        $("fields").replaceChildren();
        show($("fields"), false);
        return fillBody();
    });
    $("which").onchange = listCalls;
    $("holding").oninput = listCalls;
    $("save-body").onclick = () => save(`${stem()}.${$("form").value ? "request" : "body"}.${REQUEST_ENDINGS[$("form").value]}`, [$("body").textContent], "text/plain");
    $("take-body").prepend(copyButton("the body or request", $("body")));
    for (const button of document.querySelectorAll("[data-save]")) {
        const format = button.dataset.save;
        button.onclick = guarded(async () => save(`${stem()}.${ENDINGS[format]}`, [await rendered(format)], "text/plain"));
    }
    $("choose-good").onclick = () => $("good").click();
    $("good").onchange = async () => {
        good = [...$("good").files];
        $("good-names").textContent = names(good);
        await judge();
    };
}

makeTabs();
listen();
startWorker();
ready
    .then((about) => {
        $("version").textContent = about.version;
        for (const { name, title } of about.forms) $("form").add(new Option(title, name));
    })
    .catch(trouble);
