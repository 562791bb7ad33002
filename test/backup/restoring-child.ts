/** A process that restores as `tieout restore` does, and dies just before its n-th step on the file system. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { runProgram } from '../../src/cli/program.ts'

export interface RestoreJob {
  readonly config: string
  readonly file: string
  /** Null: lives. */
  readonly killAt: number | null
}

const job = JSON.parse(process.argv[2] ?? '') as RestoreJob
let steps = 0

function step<Args extends readonly unknown[], Result>(work: (...args: Args) => Result): (...args: Args) => Result {
  return (...args) => {
    steps += 1
    if (steps === job.killAt) process.kill(process.pid, 'SIGKILL')
    return work(...args)
  }
}

// The operating system's own functions, wherever the program has imported them by name.
fs.linkSync = step(fs.linkSync)
fs.renameSync = step(fs.renameSync)
fs.rmSync = step(fs.rmSync)
fs.fsyncSync = step(fs.fsyncSync)
fs.chmodSync = step(fs.chmodSync)
syncBuiltinESMExports()

const sink = { write: (text: string) => void process.stdout.write(text), isTty: false, columns: undefined }
const { signal } = new AbortController()
const io = { version: '0.0.0', env: {}, stdout: sink, stderr: sink, nowMs: () => Date.now(), signal }
process.exitCode = await runProgram(['--config', job.config, 'restore', job.file], io)
