package com.mingshidai.app;

import android.content.ContentResolver;
import android.database.ContentObserver;
import android.database.Cursor;
import android.net.Uri;
import android.os.Handler;
import android.widget.EditText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the code of the newest text message into the field; the message goes nowhere else. */
final class CodeObserver extends ContentObserver {
  private static final Pattern CODE = Pattern.compile("[0-9]{6}");

  private final ContentResolver resolver;
  private final EditText field;

  CodeObserver(Handler handler, ContentResolver resolver, EditText field) {
    super(handler);
    this.resolver = resolver;
    this.field = field;
  }

  @Override
  public void onChange(boolean self) {
    Cursor newest =
        resolver.query(
            Uri.parse("content://sms/inbox"), new String[] {"body"}, null, null, "date desc");
    if (newest == null) {
      return;
    }
    if (newest.moveToFirst()) {
      Matcher code = CODE.matcher(newest.getString(0));
      if (code.find()) {
        field.setText(code.group());
      }
    }
    newest.close();
  }
}
