// Leaves out of a WebAssembly module what no page needs: names for debuggers, and every export but those
// that are asked for. A linker exports each function of a library by its long name.

const CUSTOM = 0;
const EXPORT = 7;

/** `module` with the exports called one of `names` and no custom section. */
export function stripped(module, names) {
    const parts = [module.subarray(0, 8)];
    let at = 8;
    while (at < module.length) {
        const kind = module[at];
        const [length, start] = number(module, at + 1);
        const end = start + length;
        if (kind === EXPORT) {
            const section = exportsOf(module, start, names);
            parts.push(Uint8Array.of(EXPORT), encoded(section.length), section);
        } else if (kind !== CUSTOM) {
            parts.push(module.subarray(at, end));
        }
        at = end;
    }
    return Buffer.concat(parts);
}

function exportsOf(module, start, names) {
    let [count, at] = number(module, start);
    const kept = [];
    for (; count > 0; count -= 1) {
        const from = at;
        const [length, text] = number(module, at);
        const name = Buffer.from(module.subarray(text, text + length)).toString();
        [, at] = number(module, text + length + 1);
        if (names.includes(name)) kept.push(module.subarray(from, at));
    }
    return Buffer.concat([encoded(kept.length), ...kept]);
}

/** The number at `at`, and where it ends. */
function number(module, at) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
        const byte = module[at];
        at += 1;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return [value, at];
    }
}

function encoded(value) {
    const bytes = [];
    do {
        bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value = Math.floor(value / 128);
    } while (value > 0);
    return Uint8Array.from(bytes);
}
