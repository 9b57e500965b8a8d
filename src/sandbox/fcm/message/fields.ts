/** How a value must look; `any` is not looked into. */
export type Kind = 'any' | 'boolean' | 'duration' | 'priority' | 'string' | 'strings' | MessageType;

/** A message of the API's definition, with its fields by their names there. */
export interface MessageType {
  readonly type: string;
  readonly fields: Readonly<Record<string, Kind>>;
}

const analytics = { analytics_label: 'string' } as const;

const androidNotification: MessageType = {
  type: 'google.firebase.fcm.v1.AndroidNotification',
  fields: Object.fromEntries(
    [
      'title,body,icon,color,sound,tag,click_action,body_loc_key,body_loc_args,title_loc_key,title_loc_args,channel_id,ticker',
      'sticky,event_time,local_only,notification_priority,default_sound,default_vibrate_timings,default_light_settings,vibrate_timings',
      'visibility,notification_count,light_settings,image,bypass_proxy_notification,proxy',
    ]
      .flatMap((names) => names.split(','))
      .map((name) => [name, 'any']),
  ),
};

const android: MessageType = {
  type: 'google.firebase.fcm.v1.AndroidConfig',
  fields: {
    collapse_key: 'string',
    priority: 'priority',
    ttl: 'duration',
    restricted_package_name: 'string',
    data: 'strings',
    notification: androidNotification,
    fcm_options: { type: 'google.firebase.fcm.v1.AndroidFcmOptions', fields: analytics },
    direct_boot_ok: 'boolean',
    bandwidth_constrained_ok: 'boolean',
    restricted_satellite_ok: 'boolean',
  },
};

const apns: MessageType = {
  type: 'google.firebase.fcm.v1.ApnsConfig',
  fields: {
    headers: 'strings',
    payload: 'any',
    fcm_options: { type: 'google.firebase.fcm.v1.ApnsFcmOptions', fields: { ...analytics, image: 'string' } },
    live_activity_token: 'string',
  },
};

const webpush: MessageType = {
  type: 'google.firebase.fcm.v1.WebpushConfig',
  fields: {
    headers: 'strings',
    data: 'strings',
    notification: 'any',
    fcm_options: { type: 'google.firebase.fcm.v1.WebpushFcmOptions', fields: { ...analytics, link: 'string' } },
  },
};

/** The fields of which a message has exactly one. */
export const targets = ['token', 'fid', 'topic', 'condition'] as const;

const message: MessageType = {
  type: 'google.firebase.fcm.v1.Message',
  fields: {
    name: 'string',
    data: 'strings',
    notification: {
      type: 'google.firebase.fcm.v1.Notification',
      fields: { title: 'string', body: 'string', image: 'string' },
    },
    android,
    webpush,
    apns,
    fcm_options: { type: 'google.firebase.fcm.v1.FcmOptions', fields: analytics },
    token: 'string',
    fid: 'string',
    topic: 'string',
    condition: 'string',
  },
};

/** The body of messages:send. https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
export const sendRequest: MessageType = {
  type: 'google.firebase.fcm.v1.SendMessageRequest',
  fields: { message, validate_only: 'boolean' },
};
