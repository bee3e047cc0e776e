/** Line drawings on a 20 × 20 field, in the colour of the text beside them. */
const drawings = {
  overview: 'M3 11h6V3H3zM11 17h6V9h-6zM3 17h6v-3H3zM11 6h6V3h-6z',
  resources: 'M10 2.5 17 6v8l-7 3.5L3 14V6zM3 6l7 3.5L17 6M10 9.5V17',
  changes: 'M3 10h4l2-6 3 12 2-6h3',
  time: 'M10 3a7 7 0 1 1-6.3 4M3 3v4h4M10 6v4l3 2',
  findings: 'M10 2.5 16.5 5v5c0 4-3 6.5-6.5 7.5C6.500 16.500 3.500 14 3.500 10V5zM10 7v3.500M10 13v.01',
  decisions: 'M3 5h14M3 10h9M3 15h6M14 13l2 2 3-4',
  policies: 'M5 2.500h7L16 6.500V17.500H5zM12 2.500v4h4M8 10h5M8 13h5',
  exemptions: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M5 5l10 10',
  plans: 'M4 5h2l1 1 2-2M11 5h6M4 10h2l1 1 2-2M11 10h6M4 15h2l1 1 2-2M11 15h6',
  sovereignty:
    'M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15M2.500 10h15M10 2.500c5 4.500 5 10.500 0 15M10 2.500c-5 4.500-5 10.500 0 15',
  scans: 'M3 3h4v4H3zM8 8h4v4H8zM13 13h4v4h-4zM13 3h4v4h-4zM3 13h4v4H3z',
  system: 'M3 4h14v4H3zM3 12h14v4H3zM6 6v.01M6 14v.01',
  search: 'M9 3a6 6 0 1 0 0 12A6 6 0 0 0 9 3M13.500 13.500 17 17',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 1.500v2M10 16.500v2M1.500 10h2M16.500 10h2M4 4l1.400 1.400M14.600 14.600 16 16M16 4l-1.400 1.400M5.400 14.600 4 16',
  moon: 'M16.500 12A7 7 0 0 1 8 3.500 7 7 0 1 0 16.500 12',
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  help: 'M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15M7.800 8a2.200 2.200 0 1 1 3 2c-.6.300-.8.700-.8 1.400M10 14v.01',
  menu: 'M3 5h14M3 10h14M3 15h14',
  close: 'M5 5l10 10M15 5 5 15',
  right: 'M8 4l6 6-6 6',
  down: 'M4 8l6 6 6-6',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  export: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  again: 'M16 10a6 6 0 1 1-2-4.500L16 7M16 3v4h-4',
  pause: 'M7 4v12M13 4v12',
  play: 'M6 4l10 6-10 6z',
  filter: 'M3 4h14l-5.500 7v5L8.500 14.500V11z',
  alert: 'M10 3 18 17H2zM10 8v4M10 14.500v.01',
  done: 'M4 10.500 8 14.500 16 5.500',
  person: 'M10 3a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M3.500 17c.8-3.500 3.400-5 6.500-5s5.700 1.500 6.500 5',
  robot: 'M5 7h10v9H5zM10 7V4M8 11v.01M12 11v.01M8 14h4M2.500 10v3M17.500 10v3',
  service:
    'M10 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5M10 2.500V5M10 15v2.500M2.500 10H5M15 10h2.500M4.700 4.700l1.800 1.800M13.500 13.500l1.800 1.800M15.300 4.700l-1.800 1.800M6.500 13.500l-1.800 1.800',
  unknown: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 13.500v.01M10 6.500v4',
  key: 'M13 3.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10.500 9.500 3.500 16.500M5.500 14.500l2 2',
  graph:
    'M5 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4M15 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4M5 13a2 2 0 1 0 0 4 2 2 0 0 0 0-4M7 5.500 13 9M7 14.500 13 11',
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}
