import { api, ok, type Schemas } from './client';

type NewStrategy = Schemas['createFeatureStrategySchema'];
type UpdatedStrategy = Schemas['updateFeatureStrategySchema'];

/**
 * One thing to do to a flag in an environment, in the words of change requests. Every edit
 * that approval may stand before is made as such a value; whether it then takes effect at
 * once or is proposed is decided in one place.
 */
export type Change =
  | { feature: string; action: 'updateEnabled'; payload: { enabled: boolean; shouldActivateDisabledStrategies?: boolean } }
  | { feature: string; action: 'addStrategy'; payload: NewStrategy }
  | { feature: string; action: 'updateStrategy'; payload: UpdatedStrategy & { id: string } }
  | { feature: string; action: 'deleteStrategy'; payload: { id: string } }
  | { feature: string; action: 'reorderStrategy'; payload: Schemas['strategyOrderSchema'][] }
  | { feature: string; action: 'patchVariant'; payload: { variants: Schemas['variantSchema'][] } }
  | { feature: string; action: 'addDependency'; payload: Schemas['createDependentFeatureSchema'] }
  | { feature: string; action: 'deleteDependency' }
  | { feature: string; action: 'archiveFeature' };

/** One thing to do to a segment, in the same words. */
export type SegmentChange =
  | { action: 'updateSegment'; payload: Schemas['upsertSegmentSchema'] & { id: number } }
  | { action: 'deleteSegment'; payload: { id: number } };

/** Where a change takes effect. */
export interface Place {
  projectId: string;
  environment: string;
}

/** Lets a change take effect at once. */
export async function applyChange({ projectId, environment }: Place, change: Change): Promise<void> {
  const featureName = change.feature;
  const flag = { projectId, featureName };
  const here = { ...flag, environment };
  switch (change.action) {
    case 'updateEnabled': {
      const { enabled, shouldActivateDisabledStrategies } = change.payload;
      if (!enabled) {
        await ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/off', { params: { path: here } }));
        return;
      }
      const query = shouldActivateDisabledStrategies === undefined ? {} : { shouldActivateDisabledStrategies };
      await ok(
        api.POST('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/on', { params: { path: here, query } }),
      );
      return;
    }
    case 'addStrategy':
      await ok(
        api.POST('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies', {
          params: { path: here },
          body: change.payload,
        }),
      );
      return;
    case 'updateStrategy': {
      const { id: strategyId, ...body } = change.payload;
      await ok(
        api.PUT('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}', {
          params: { path: { ...here, strategyId } },
          body,
        }),
      );
      return;
    }
    case 'deleteStrategy':
      await ok(
        api.DELETE('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}', {
          params: { path: { ...here, strategyId: change.payload.id } },
        }),
      );
      return;
    case 'reorderStrategy':
      await ok(
        api.POST('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/set-sort-order', {
          params: { path: here },
          body: change.payload,
        }),
      );
      return;
    case 'patchVariant':
      await ok(
        api.PUT('/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/variants', {
          params: { path: here },
          body: change.payload.variants,
        }),
      );
      return;
    case 'addDependency':
      await ok(
        api.POST('/api/admin/projects/{projectId}/features/{child}/dependencies', {
          params: { path: { projectId, child: featureName } },
          body: change.payload,
        }),
      );
      return;
    case 'deleteDependency':
      await ok(api.DELETE('/api/admin/projects/{projectId}/features/{child}/dependencies', { params: { path: { projectId, child: featureName } } }));
      return;
    case 'archiveFeature':
      await ok(api.DELETE('/api/admin/projects/{projectId}/features/{featureName}', { params: { path: flag } }));
      return;
  }
}

/** What can be done to many flags at once, and approval may stand before. */
export type BulkAct = 'on' | 'off' | 'archive';

/** What a bulk act does to one of the flags. */
export function bulkChange(act: BulkAct, feature: string): Change {
  return act === 'archive' ? { feature, action: 'archiveFeature' } : { feature, action: 'updateEnabled', payload: { enabled: act === 'on' } };
}

/** Lets a bulk act take effect at once, in one step. */
export async function applyBulk({ projectId, environment }: Place, act: BulkAct, features: string[]): Promise<void> {
  const [path, body] = [{ projectId, environment }, { features }];
  switch (act) {
    case 'on':
      await ok(api.POST('/api/admin/projects/{projectId}/bulk_features/environments/{environment}/on', { params: { path }, body }));
      return;
    case 'off':
      await ok(api.POST('/api/admin/projects/{projectId}/bulk_features/environments/{environment}/off', { params: { path }, body }));
      return;
    case 'archive':
      await ok(api.POST('/api/admin/projects/{projectId}/archive', { params: { path: { projectId } }, body }));
      return;
  }
}
