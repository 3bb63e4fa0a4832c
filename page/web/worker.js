// The engine in a worker: reads the dropped files piece by piece and answers questions.
// Nothing here can reach a network: the page's policy allows no connection.
"use strict";

// How much is read at once, and how many such pieces ahead of the engine. The library asks for small ones;
// to a browser each piece costs a round trip.
const PIECE = 32 << 20;
const AHEAD = 1;

// Where a browser lets an engine wait, pieces are read while it works on others; elsewhere it stands still
// while each is read.
const CAN_WAIT = typeof WebAssembly.Suspending === "function";

let engine = null;
let inputs = [];
let total = 0;
let told = 0;
let pieces = [];

/** Copies up to `length` bytes of input `at` from `offset` to `pointer`; tells how many. */
function read(at, offset, pointer, length) {
    const { file } = inputs[at];
    if (offset >= file.size) return 0;
    const number = Math.floor(offset / PIECE);
    const copied = (bytes) => {
        const from = offset - number * PIECE;
        const part = bytes.subarray(from, from + length);
        new Uint8Array(engine.memory.buffer, pointer, part.length).set(part);
        return part.length;
    };
    const bytes = piece(at, number);
    return bytes instanceof Uint8Array ? copied(bytes) : bytes.then(copied);
}

/** Piece `number` of input `at`, or the promise of it; what lies far behind or ahead is let go. */
function piece(at, number) {
    const own = (pieces[at] ??= { last: -1, read: new Map() });
    if (own.last !== number) {
        const goesOn = number === own.last + 1;
        own.last = number;
        for (const known of own.read.keys()) {
            if (known < number || known > number + AHEAD) own.read.delete(known);
        }
        tell(at, number);
        for (let next = number; next <= number + (CAN_WAIT && goesOn ? AHEAD : 0); next += 1) fetched(at, next, own.read);
    }
    return own.read.get(number) ?? fetched(at, number, own.read);
}

/** Begins to read a piece that is not there yet. */
function fetched(at, number, known) {
    const { file } = inputs[at];
    const start = number * PIECE;
    if (known.has(number) || start >= file.size) return known.get(number);
    const part = file.slice(start, start + PIECE);
    if (CAN_WAIT) {
        const keep = (buffer) => {
            const bytes = new Uint8Array(buffer);
            if (known.has(number)) known.set(number, bytes);
            return bytes;
        };
        known.set(number, part.arrayBuffer().then(keep));
    } else {
        known.set(number, new Uint8Array(new FileReaderSync().readAsArrayBuffer(part)));
    }
    return known.get(number);
}

/** Tells the page how far the reading is. */
function tell(at, number) {
    const { file, before } = inputs[at];
    told = Math.max(told, before + Math.min((number + 1) * PIECE, file.size));
    postMessage({ progress: total ? told / total : 0 });
}

/** What a panic of the engine said, so that the page can tell. */
let panic = "";
function say(pointer, length) {
    panic = new TextDecoder().decode(new Uint8Array(engine.memory.buffer, pointer, length));
}

async function start(bytes) {
    const module = await WebAssembly.compile(bytes);
    const imports = { mendpoint: { read: CAN_WAIT ? new WebAssembly.Suspending(read) : read, say } };
    // A dependency declares imports that nothing calls; each gets a function that tells on itself.
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        imports[from] ??= {};
        imports[from][name] ??= () => {
            throw new Error(`${name} is not there`);
        };
    }
    const { exports } = await WebAssembly.instantiate(module, imports);
    engine = { ...exports, ask: CAN_WAIT ? WebAssembly.promising(exports.ask) : exports.ask };
}

async function ask(question) {
    const bytes = new TextEncoder().encode(JSON.stringify(question));
    const pointer = engine.room(bytes.length);
    new Uint8Array(engine.memory.buffer, pointer, bytes.length).set(bytes);
    await engine.ask();
    const answer = new Uint8Array(engine.memory.buffer, engine.answer_start(), engine.answer_length());
    const end = answer.indexOf(10);
    const head = JSON.parse(new TextDecoder().decode(answer.subarray(0, end)));
    return { head, output: answer.slice(end + 1) };
}

// One question after the other: while the engine waits for a piece, the next one may have come.
let work = Promise.resolve();
onmessage = ({ data }) => {
    work = work.then(() => answer(data));
};

async function answer(data) {
    try {
        if (data.engine) {
            await start(data.engine);
            postMessage({ ready: true, version: (await ask({ do: "about" })).head });
            return;
        }
        if (data.files) {
            inputs = [];
            pieces = [];
            total = 0;
            told = 0;
            for (const file of data.files) {
                inputs.push({ file, before: total });
                total += file.size;
            }
        }
        const { head, output } = await ask(data.question);
        pieces = [];
        postMessage({ id: data.id, head, output, memory: engine.memory.buffer.byteLength }, [output.buffer]);
    } catch (error) {
        postMessage({ id: data.id, failed: panic || String(error) });
    }
}
