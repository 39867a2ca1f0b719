// The formats of a report, known without what makes them.

/** Every format there is. */
export const reportFormats = ['junit', 'markdown', 'html', 'github', 'json', 'ndjson'] as const;
