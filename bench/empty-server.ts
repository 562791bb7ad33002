/** An HTTP server that reads a body and answers, and does nothing else: what this machine can do under the same load. */
import { createServer } from 'node:http'
import process from 'node:process'

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end('{"ok":true}'))
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
