/** Opens an address in the person's browser. That may fail on any machine, and nothing depends on it: the address is printed too. */
import { spawn } from 'node:child_process'

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  // `start` would take the & of a query for the end of the command.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

export function openBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
