/** All routes of the daemon. A request for anything else learns nothing. */
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { hookRoutes, type HookRouteParts } from './hook-routes.ts'
import { monitorRoutes, type MonitorParts } from './monitor-routes.ts'
import { reportRoutes, type ReportParts } from './report-routes.ts'

export function createWebApp(hooks: HookRouteParts, monitor: MonitorParts, reports: ReportParts): Hono {
  const app = new Hono()
  app.route('/', hookRoutes(hooks))
  app.route('/', monitorRoutes(monitor))
  app.route('/', reportRoutes(reports))
  app.notFound((context) => context.json({ error: 'not found' }, 404))
  app.onError((error, context) => {
    // How hono's own handlers answer, a request for a password among them: an answer and no failure.
    if (error instanceof HTTPException) {
      const answer = error.getResponse()
      answer.headers.set('cache-control', 'no-store')
      return answer
    }
    if (context.req.raw.signal.aborted) {
      // Vendors give up and try again, and anybody can: nothing is wrong here, and nobody is there to be answered.
      hooks.counters.count('webhook', 'hung-up')
      hooks.log.info({}, 'a client hung up before its request was complete')
      return context.json({ error: 'failed' }, 400)
    }
    hooks.log.error({ err: error }, 'a request failed')
    return context.json({ error: 'failed' }, 500)
  })
  return app
}
