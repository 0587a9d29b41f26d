/** The way from the card of the data to where the user's own are changed. */
import { UnstyledButton } from '@mantine/core';
import { Icon } from '../../forms/Icon';
import type { Kind } from '../../generated/schemas';
import { useSpecPart, useWorkplace } from '../../session/react';
import { PAINTED } from './paint/edits';

/** True for a set whose fields no form holds: points are painted, columns chosen in their table. */
export const isOwn = (kind: Kind | undefined): boolean => kind?.kind === PAINTED || kind?.details.own_file === true;

export function OwnLink() {
  const { session, page } = useWorkplace();
  const data = useSpecPart('data');
  const isPainted = data.dataset === PAINTED;
  const open = (): void => {
    session.uploading.store.setState({ shown: isPainted ? PAINTED : String(data.params.upload) });
    page.setState({ dataPage: 'own' });
  };
  return (
    <UnstyledButton className="link fold-line" onClick={open}>
      <Icon name={isPainted ? 'brush' : 'settings'} size={13} />
      {isPainted ? 'Paint points' : 'Change how the file is read'}
    </UnstyledButton>
  );
}
