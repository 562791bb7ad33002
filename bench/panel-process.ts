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

function statusOf(id: number): string {
  return night === 1 && id % RUNNING_EVERY === 0 ? 'In progress' : 'Completed'
}

function answer(form: URLSearchParams): string {
  if (form.get('action') === 'balance')
    return JSON.stringify({ balance: (Number(wallet) / 100_000).toFixed(5), currency: 'USD' })
  const rows = (form.get('orders') ?? '').split(',').map((id) => {
    const status = statusOf(Number(id))
    return `"${id}":{"charge":"0.${CHARGE_UNITS}","start_count":"3572","status":"${status}","remains":"0","currency":"USD"}`
  })
  return `{${rows.join(',')}}`
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const body = answer(new URLSearchParams(Buffer.concat(parts).toString('latin1')))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})
process.on('message', (message: { readonly night: number; readonly wallet: string }) => {
  night = message.night
  wallet = BigInt(message.wallet)
  process.send?.({ ready: true })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
