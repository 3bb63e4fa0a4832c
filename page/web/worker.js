// The engine in a worker: reads the dropped files piece by piece and answers questions.
// Nothing here can reach a network: the page's policy allows no connection.
"use strict";

// How much is read at once. The library asks for small pieces; a file is read in large ones.
const PIECE = 4 << 20;

let engine = null;
let inputs = [];
let total = 0;
let told = 0;
let pieces = [];

/** Copies up to `length` bytes of input `at` from `offset` to `pointer`; tells how many. */
function read(at, offset, pointer, length) {
    const input = inputs[at];
    let piece = pieces[at];
    if (!piece || offset < piece.start || offset >= piece.start + piece.bytes.length) {
        if (offset >= input.file.size) return 0;
        const end = Math.min(offset + PIECE, input.file.size);
        const buffer = new FileReaderSync().readAsArrayBuffer(input.file.slice(offset, end));
        piece = pieces[at] = { start: offset, bytes: new Uint8Array(buffer) };
        told = Math.max(told, end + input.before);
        postMessage({ progress: total ? told / total : 0 });
    }
    const from = offset - piece.start;
    const part = piece.bytes.subarray(from, from + length);
    new Uint8Array(engine.memory.buffer, pointer, part.length).set(part);
    return part.length;
}

/** What a panic of the engine said, so that the page can tell. */
let panic = "";
function say(pointer, length) {
    panic = new TextDecoder().decode(new Uint8Array(engine.memory.buffer, pointer, length));
}

async function start(bytes) {
    const module = await WebAssembly.compile(bytes);
    const imports = { mendpoint: { read, say } };
    // A dependency declares imports that nothing calls; each gets a function that tells on itself.
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        imports[from] ??= {};
        imports[from][name] ??= () => {
            throw new Error(`${name} is not there`);
        };
    }
    engine = (await WebAssembly.instantiate(module, imports)).exports;
}

function ask(question) {
    const bytes = new TextEncoder().encode(JSON.stringify(question));
    const pointer = engine.room(bytes.length);
    new Uint8Array(engine.memory.buffer, pointer, bytes.length).set(bytes);
    engine.ask();
    const answer = new Uint8Array(engine.memory.buffer, engine.answer_start(), engine.answer_length());
    const end = answer.indexOf(10);
    const head = JSON.parse(new TextDecoder().decode(answer.subarray(0, end)));
    return { head, output: answer.slice(end + 1) };
}

onmessage = async ({ data }) => {
    try {
        if (data.engine) {
            await start(data.engine);
            postMessage({ ready: true, version: ask({ do: "about" }).head });
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
        const { head, output } = ask(data.question);
        pieces = [];
        postMessage({ id: data.id, head, output, memory: engine.memory.buffer.byteLength }, [output.buffer]);
    } catch (error) {
        postMessage({ id: data.id, failed: panic || String(error) });
    }
};
