/** The modules that the master starts in processes and threads of their own: source beside source, built beside built. */
const isSource = import.meta.url.endsWith('.ts');

function moduleUrl(source: string, built: string): URL {
  return new URL(isSource ? source : built, import.meta.url);
}

export const workerProcessUrl = moduleUrl('../workers/process.ts', './process.js');
export const checkTaskUrl = moduleUrl('./check-task.ts', './check-task.js');
export const demoThreadUrl = moduleUrl('./demo-thread.ts', './demo-thread.js');
