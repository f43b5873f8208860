import { templateDistanceMoved } from './template-distance-moved.ts';

export const templateDistanceL1Moved = templateDistanceMoved('template_distance_l1_moved', 'l1', 2);
