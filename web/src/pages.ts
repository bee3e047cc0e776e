/** Every page: its address, its words in the navigation, and the file that is loaded when it is opened. */
import type { ComponentType } from 'preact';
import type { IconName } from './parts/icon.tsx';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** "" for pages that are reached from others only. */
  readonly group: string;
  /** `g` and then this key opens it. */
  readonly key?: string;
  readonly load: () => Promise<ComponentType>;
}

export const pages: readonly Page[] = [
  {
    path: '/',
    title: 'Overview',
    icon: 'overview',
    group: 'Estate',
    key: 'o',
    load: async () => (await import('./pages/overview/overview.tsx')).Overview,
  },
  {
    path: '/resources',
    title: 'Resources',
    icon: 'resources',
    group: 'Estate',
    key: 'r',
    load: async () => (await import('./pages/resources/resources.tsx')).Resources,
  },
  {
    path: '/resource',
    title: 'Resource',
    icon: 'resources',
    group: '',
    load: async () => (await import('./pages/resource/resource.tsx')).ResourcePage,
  },
  {
    path: '/changes',
    title: 'Changes',
    icon: 'changes',
    group: 'Estate',
    key: 'c',
    load: async () => (await import('./pages/changes/changes.tsx')).Changes,
  },
  {
    path: '/time',
    title: 'Time machine',
    icon: 'time',
    group: 'Estate',
    key: 't',
    load: async () => (await import('./pages/time/time.tsx')).TimeMachine,
  },
  {
    path: '/findings',
    title: 'Findings',
    icon: 'findings',
    group: 'Judgement',
    key: 'f',
    load: async () => (await import('./pages/findings/findings.tsx')).Findings,
  },
  {
    path: '/policies',
    title: 'Policies',
    icon: 'policies',
    group: 'Judgement',
    key: 'p',
    load: async () => (await import('./pages/policies/policies.tsx')).Policies,
  },
  {
    path: '/exemptions',
    title: 'Exemptions',
    icon: 'exemptions',
    group: 'Judgement',
    key: 'e',
    load: async () => (await import('./pages/exemptions/exemptions.tsx')).Exemptions,
  },
  {
    path: '/decisions',
    title: 'Decisions live',
    icon: 'decisions',
    group: 'Judgement',
    key: 'd',
    load: async () => (await import('./pages/decisions/decisions.tsx')).Decisions,
  },
  {
    path: '/plans',
    title: 'Plans and approvals',
    icon: 'plans',
    group: 'Action',
    key: 'a',
    load: async () => (await import('./pages/plans/plans.tsx')).Plans,
  },
  {
    path: '/sovereignty',
    title: 'Sovereignty',
    icon: 'sovereignty',
    group: 'Action',
    key: 'v',
    load: async () => (await import('./pages/sovereignty/sovereignty.tsx')).Sovereignty,
  },
  {
    path: '/scans',
    title: 'Scans',
    icon: 'scans',
    group: 'Operation',
    key: 's',
    load: async () => (await import('./pages/scans/scans.tsx')).Scans,
  },
  {
    path: '/system',
    title: 'System',
    icon: 'system',
    group: 'Operation',
    key: 'y',
    load: async () => (await import('./pages/system/system.tsx')).System,
  },
];
