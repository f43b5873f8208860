import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../app/contract/messages.ts';
import { createClient } from './client.ts';
import { Frame } from './shell/frame.tsx';
import { ClientProvider } from './state/client-context.tsx';
import { keepFresh } from './state/freshness.ts';
import './style/index.css';
import { cssVariablesResolver, theme } from './style/theme.ts';

declare global {
  interface Window {
    readonly bridge?: Bridge;
  }
}

async function reachHost(): Promise<Bridge> {
  if (window.bridge) return window.bridge;
  const { connectWebBridge } = await import('./bridge-web.ts');
  return connectWebBridge();
}

function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
}

async function start(): Promise<void> {
  const client = createClient(await reachHost());
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  keepFresh(client, queries);
  void document.fonts.load('400 12px Inter');
  void document.fonts.load('600 12px Inter');
  createRoot(document.getElementById('root')!).render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <ClientProvider client={client}>
          <Frame />
        </ClientProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

// Before anything can be drawn, a bare sentence is all there is.
start().catch(() => {
  document.getElementById('root')!.textContent =
    'Samecell could not reach its other half. Start it again; if this stays, run `npm start` in a terminal and read what it prints.';
});
