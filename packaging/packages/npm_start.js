#!/usr/bin/env node
// Starts the program of this platform with the arguments given.

const { spawnSync } = require("child_process");

const name = `@mendpoint/${process.platform.replace("win32", "windows").replace("darwin", "macos")}-${process.arch}`;
const file = process.platform === "win32" ? "mendpoint.exe" : "mendpoint";

let program;
try {
    program = require.resolve(`${name}/bin/${file}`);
} catch {
    console.error(`error: there is no program for ${process.platform} on ${process.arch}: ${name} is not installed`);
    console.error("  help: install without --omit=optional; the platforms with a program are listed in this package's package.json");
    process.exit(2);
}
// Commands that the program suggests begin with the name under which npm put it on the path.
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { argv0: "mendpoint", stdio: "inherit" });
if (error) {
    console.error(`error: ${program} could not be started: ${error.message}`);
    process.exit(2);
}
if (signal) {
    process.kill(process.pid, signal);
}
process.exit(status ?? 2);
