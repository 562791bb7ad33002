/**
 * A panel for benchmarks, in a process of its own so that it does not share the measured core: status answers in
 * the documented shape made from the order id alone, and a wallet that stands still (its proof is not what is measured). Prints its port, stops with its parent.
 */
import { createServer } from 'node:http'
import process, { argv } from 'node:process'

const CHARGE_UNITS = 27_819
/** Every hundredth order runs in the first night and is completed in the second. */
const RUNNING_EVERY = 100

let night = 1
let wallet = BigInt(argv[2] ?? '0')
/** How long an answer takes, and when each request came. */
const latencyMs = Number(argv[3] ?? '0')
const arrivals: number[] = []
/** Those about orders: a night begins and ends with single questions that wait for each other. */
const asked: number[] = []

function statusOf(id: number): string {
  return night === 1 && id % RUNNING_EVERY === 0 ? 'In progress' : 'Completed'
}

function answer(form: URLSearchParams): string {
  if (form.get('action') === 'balance')
    return JSON.stringify({ balance: (Number(wallet) / 100_000).toFixed(5), currency: 'USD' })
  // A catalogue without services: what a night costs here is asking about orders.
  if (form.get('action') === 'services') return '[]'
  const rows = (form.get('orders') ?? '').split(',').map((id) => {
    const status = statusOf(Number(id))
    return `"${id}":{"charge":"0.${CHARGE_UNITS}","start_count":"3572","status":"${status}","remains":"0","currency":"USD"}`
  })
  return `{${rows.join(',')}}`
}

function span(): number {
  return (asked[asked.length - 1] ?? 0) - (asked[0] ?? 0)
}

/** The most requests that came within any 60 seconds. */
function busiestMinute(): number {
  let from = 0
  let most = 0
  for (const [at, arrival] of arrivals.entries()) {
    while (arrival - (arrivals[from] ?? arrival) >= 60_000) from += 1
    most = Math.max(most, at - from + 1)
  }
  return most
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const body = answer(new URLSearchParams(Buffer.concat(parts).toString('latin1')))
    const reply = (): void => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      response.end(body)
    }
    if (latencyMs === 0) return reply()
    arrivals.push(performance.now())
    if (body.startsWith('{"1')) asked.push(performance.now())
    setTimeout(reply, latencyMs)
  })
})
process.on('message', (message: { readonly night: number; readonly wallet: string }) => {
  night = message.night
  wallet = BigInt(message.wallet)
  process.send?.({ ready: true, requests: asked.length, busiest: busiestMinute(), spanMs: span() })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
