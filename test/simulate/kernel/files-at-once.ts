/**
 * Makes Node read and write files at once. What a disk takes is no simulated time; and when two processes of the simulation
 * read at the same instant, the machine's own threads would decide who goes on first.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Each has a twin that waits, with the same arguments. */
const PROMISED = ['mkdir', 'readFile', 'realpath', 'rename', 'rm'] as const

/** What takes the place of Node's own, which is kept to be put back. */
const changed = {
  promises: {
    ...Object.fromEntries(PROMISED.map((name) => [name, promised(fs[`${name}Sync`])])),
    open: async (path: string, flags: string) => handleOf(fs.openSync(path, flags)),
  },
  // What streams read with.
  streams: { open: calledBack(fs.openSync), read: calledBack(fs.readSync), close: calledBack(fs.closeSync) },
}
const own = { promises: { ...fs.promises }, streams: { open: fs.open, read: fs.read, close: fs.close } }

let runs = 0

/** From now on, until the function it gives is called, by whoever was the last to ask for it. */
export function doFilesAtOnce(): () => void {
  runs += 1
  put(changed)
  return () => {
    runs -= 1
    if (runs === 0) put(own)
  }
}

function put({ promises, streams }: { readonly promises: object; readonly streams: object }): void {
  Object.assign(fs.promises, promises)
  Object.assign(fs, streams)
  syncBuiltinESMExports()
}

function promised(once: (...args: never[]) => unknown): (...args: never[]) => Promise<unknown> {
  return async (...args) => once(...args)
}

/** As far as the program uses one. Nothing is flushed: a machine that loses what it was given is not simulated. */
function handleOf(fd: number): object {
  return {
    writeFile: async (bytes: Uint8Array) => fs.writeFileSync(fd, bytes),
    sync: async () => undefined,
    close: async () => fs.closeSync(fd),
  }
}

/** The last argument is called with the outcome and, after a read, with what was read into. */
function calledBack(once: (...args: never[]) => unknown): (...args: unknown[]) => void {
  return (...args) => {
    const done = args.pop() as (error: unknown, ...outcome: readonly unknown[]) => void
    try {
      process.nextTick(done, null, once(...(args as never[])), args[1])
    } catch (error) {
      process.nextTick(done, error)
    }
  }
}
