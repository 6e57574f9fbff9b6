// Room: test. Which pictures may differ by more than the rest, by how many percent, and why.

const PATTERN = 'its words hold an e-mail address or a telephone number, which are masked on every page';

const LABEL = 'in a corner of each video stands what it does, which its source says to nobody';

/** By the name of a comparison: that of its page, with the number of the stage, or the width, after it. */
export const EXCEPTIONS: Readonly<Record<string, { most: number; why: string }>> = {
  'uswds-create-account-1280': {
    most: 3,
    why: 'its text "<here’s" makes an element of a name that none has, for which a box stands: another look, in the same place',
  },
  'govuk-notification-banner-390': { most: 2, why: PATTERN },
  'govuk-summary-list-390': { most: 3, why: PATTERN },
  'nhsuk-notification-banner-390': { most: 2, why: PATTERN },
  'nhsuk-summary-list-390': { most: 3, why: PATTERN },
  video: { most: 1.5, why: LABEL },
  'video-1': { most: 1.5, why: LABEL },
  'video-2': { most: 1.5, why: LABEL },
  'fonts-2': {
    most: 0.2,
    why: 'a FontFace made by script tells nobody where it comes from; the next font of the family list is shown',
  },
};
