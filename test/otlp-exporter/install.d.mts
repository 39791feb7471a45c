export function installExporters(): void
