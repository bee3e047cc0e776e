import type { Route } from '../route.ts';

export const metricsRoute: Route = (server, { metrics }) => {
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
};
