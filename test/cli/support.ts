/** Runs a command line inside the test's process, in a folder of its own, and keeps what it printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CliIo, TextSink } from '../../src/cli/io.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Database } from '../../src/db/database.ts'
import { opened } from '../support/databases.ts'

const NOW_MS = Date.UTC(2026, 2, 20)

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Folder {
  readonly path: string
  /** Runs `tieout --config <folder>/tieout.yaml …`. */
  readonly run: (...argv: string[]) => Promise<Ran>
  /** The same by somebody who is logged in under this name. */
  readonly runAs: (login: string, ...argv: string[]) => Promise<Ran>
  /** The folder's database, migrated; closed when the test ends. */
  readonly database: () => Promise<Database>
}

export const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    documentPrefix: AGENCY
    currency: USD
    sources:
      - name: netpanel
        type: panel
        baseUrl: https://panel.example/api/v2
        apiKey: { env: NETPANEL_KEY }
        currency: USD
`

export function newFolder(config = CONFIG): Folder {
  const path = mkdtempSync(join(tmpdir(), 'tieout-cli-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const file = join(path, 'tieout.yaml')
  writeFileSync(file, config)
  return {
    path,
    run: (...argv) => run(['--config', file, ...argv]),
    runAs: (login, ...argv) => run(['--config', file, ...argv], { login }),
    database: () => opened(`sqlite:${join(path, 'tieout.db')}`),
  }
}

export async function run(argv: readonly string[], overrides: Partial<CliIo> = {}): Promise<Ran> {
  const stdout = collector()
  const stderr = collector()
  const signal = new AbortController().signal
  const io = { version: '0.0.0', env: {}, stdout: stdout.sink, stderr: stderr.sink, nowMs: () => NOW_MS, signal }
  const exitCode = await runProgram(argv, { ...io, ...overrides })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

function collector(): { readonly sink: TextSink; readonly text: () => string } {
  const parts: string[] = []
  return {
    sink: { write: (text) => void parts.push(text), isTty: false, columns: undefined },
    text: () => parts.join(''),
  }
}
