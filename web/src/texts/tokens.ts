/** The texts of the page of all API tokens. */
export const tokenTexts = {
  about: 'By them SDKs ask for flags. Those that open one project alone are also in the settings of that project.',
} as const;
