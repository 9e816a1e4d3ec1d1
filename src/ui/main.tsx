import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client.ts'
import { App } from './app.tsx'
import { listenForShortcuts } from './keyboard/shortcuts.ts'
import { applyTheme } from './theme.ts'

applyTheme()
listenForShortcuts()
createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={queryClient}>
    <App />
  </QueryClientProvider>,
)
