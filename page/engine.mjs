// The engine outside of a browser, for the packer and the tests: files are buffers in memory.

export async function engine(bytes) {
    const module = await WebAssembly.compile(bytes);
    let exports = null;
    let files = [];
    let panic = "";
    const at = (pointer, length) => new Uint8Array(exports.memory.buffer, pointer, length);
    const imports = {
        mendpoint: {
            read(input, offset, pointer, length) {
                const part = files[input].subarray(offset, offset + length);
                at(pointer, part.length).set(part);
                return part.length;
            },
            say(pointer, length) {
                panic = new TextDecoder().decode(at(pointer, length));
            },
        },
    };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        imports[from] ??= {};
        imports[from][name] ??= () => {
            throw new Error(`${name} is not there`);
        };
    }
    exports = (await WebAssembly.instantiate(module, imports)).exports;
    return (question, given) => {
        if (given) files = given;
        const asked = new TextEncoder().encode(JSON.stringify(question));
        const pointer = exports.room(asked.length);
        at(pointer, asked.length).set(asked);
        try {
            exports.ask();
        } catch (error) {
            throw new Error(panic || String(error));
        }
        const answer = at(exports.answer_start(), exports.answer_length());
        const end = answer.indexOf(10);
        return { head: JSON.parse(new TextDecoder().decode(answer.subarray(0, end))), output: Buffer.from(answer.slice(end + 1)) };
    };
}
