import { useCallback } from 'react';
import { useClient } from '../state/client-context.tsx';
import { announceFailure } from '../state/failures.ts';
import { usePlace } from '../state/place.ts';
import { useAct, useEvent } from '../state/queries.ts';
import { giveCommand, useCommand } from './live-commands.ts';

/** Commands that hold on every screen. Those of one screen are answered by that screen. */
export function useApplicationCommands(options: {
  openAnalyzer: () => void;
  openGrant: (grant: string) => void;
  showKeys: () => void;
}): void {
  const client = useClient();
  const place = usePlace();
  const demo = useAct('grant.demo');
  const hasSession = place.sessionId !== undefined;

  useCommand('analyzer.open', options.openAnalyzer);
  useCommand('demo.open', async () => {
    const granted = await demo.act({});
    if (granted) options.openGrant(granted.grant);
  });
  useCommand('screen.start', () => place.goTo('start'));
  useCommand('screen.history', () => place.goTo('history'));
  useCommand('screen.settings', () => place.goTo('settings'));
  useCommand('screen.library', () => place.goTo('library'));
  useCommand('screen.overview', () => place.goTo('overview'), hasSession);
  useCommand('screen.candidates', () => place.goTo('candidates'), hasSession);
  useCommand('screen.batch', () => place.goTo('batch'), hasSession);
  useCommand('screen.review', () => place.goTo('review'), hasSession);
  useCommand('screen.results', () => place.goTo('results'), hasSession);
  useCommand('apply.open', () => place.goTo('results'), hasSession);
  useCommand('palette.open', () => place.setPaletteOpen(true));
  useCommand('help.keys', options.showKeys);
  useCommand('help.log', () => void client.ask('app.showLog', {}).catch(announceFailure));
  useCommand('help.spikeinterface', () => void client.ask('app.openLink', { link: 'spikeinterface' }).catch(announceFailure));

  useEvent(
    'command.chosen',
    useCallback(({ command }) => void giveCommand(command), []),
  );
}
