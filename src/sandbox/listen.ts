/** A server on 127.0.0.1 with a port of its own, and an end that also ends what is still held open. */
import type { Server } from 'node:http'

/** The address without a slash at the end. Port 0 takes a free one. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The sandbox server has no TCP address.')
  return `http://127.0.0.1:${address.port}`
}

export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
