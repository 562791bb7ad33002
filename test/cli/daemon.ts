/** Starts `tieout serve` as a process, reads its log, and stands in for a panel. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { Folder } from './support.ts'

export const SECRET = 'the-secret-of-the-panel-of-agency'
const SECRETS = { NETPANEL_KEY: 'k-e-y-of-the-panel', NETPANEL_HOOK: SECRET, REPORT: 'open sesame' }
const PROGRAM = join(import.meta.dirname, '../../src/cli/main.ts')

/** Port 1 refuses: no test here reaches a panel. */
export function configText(more = ''): string {
  return `database: sqlite:./tieout.db
http: { timeoutMs: 1000, retries: 0 }
${more}books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'http://127.0.0.1:1/api/v2', apiKey: { env: NETPANEL_KEY }, currency: USD, timeZone: UTC, webhookSecret: { env: NETPANEL_HOOK } }
`
}

export interface Daemon {
  readonly url: string
  readonly child: ChildProcess
  /** The next line of its log with this message. */
  readonly logged: (message: string) => Promise<Readonly<Record<string, unknown>>>
  /** Everything it has logged. */
  readonly log: () => string
}

export function start(
  folder: Folder,
  args: readonly string[],
  secrets: Readonly<Record<string, string>> = SECRETS,
): ChildProcess {
  const command = [PROGRAM, '--config', join(folder.path, 'tieout.yaml'), 'serve', ...args]
  const env = { ...process.env, ...secrets }
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

export async function daemon(folder: Folder, ...args: readonly string[]): Promise<Daemon> {
  const child = start(folder, ['--port', '0', ...args])
  if (child.stdout === null) throw new Error('the daemon has no output')
  const lines = createInterface(child.stdout)
  const seen: Readonly<Record<string, unknown>>[] = []
  const waiting = new Set<() => void>()
  let log = ''
  lines.on('line', (line) => {
    log += line
    seen.push(JSON.parse(line) as Readonly<Record<string, unknown>>)
    for (const look of waiting) look()
  })
  const logged: Daemon['logged'] = (message) =>
    new Promise((resolve) => {
      const look = (): void => {
        const index = seen.findIndex(({ msg }) => msg === message)
        const [found] = index < 0 ? [] : seen.splice(index, 1)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  const { url } = await logged('listening')
  return { url: String(url), child, logged, log: () => log }
}

/** Takes every request and answers none. */
export async function silentVendor(): Promise<{ readonly url: string; readonly asked: Promise<Socket> }> {
  const asked = Promise.withResolvers<Socket>()
  const server = createServer(({ socket }) => asked.resolve(socket)).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return { url: `http://127.0.0.1:${address.port}/`, asked: asked.promise }
}
