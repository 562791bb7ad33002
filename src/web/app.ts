/** All routes of the daemon. A request for anything else learns nothing. */
import { Hono } from 'hono'
import { hookRoutes, type HookRouteParts } from './hook-routes.ts'
import { monitorRoutes, type MonitorParts } from './monitor-routes.ts'

export function createWebApp(hooks: HookRouteParts, monitor: MonitorParts): Hono {
  const app = new Hono()
  app.route('/', hookRoutes(hooks))
  app.route('/', monitorRoutes(monitor))
  app.notFound((context) => context.json({ error: 'not found' }, 404))
  app.onError((error, context) => {
    hooks.log.error({ err: error }, 'a request failed')
    return context.json({ error: 'failed' }, 500)
  })
  return app
}
